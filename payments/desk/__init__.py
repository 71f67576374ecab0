"""The pages of กองคลัง in the admin."""
