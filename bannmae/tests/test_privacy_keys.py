"""Encryption of single values, key rotation and blind indexes."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from bannmae.privacy import keys
from bannmae.privacy.blind_index import blind_index, blind_index_candidates
from bannmae.privacy.keys import DecryptionError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NUMBER = "1101700000001"


@pytest.fixture(autouse=True)
def _one_key(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]


def test_a_token_hides_its_text_and_opens_again() -> None:
    token = keys.encrypt(NUMBER)
    assert NUMBER not in token
    assert token != keys.encrypt(NUMBER)
    assert keys.decrypt(token) == NUMBER


def test_nothing_stays_nothing() -> None:
    assert keys.encrypt("") == keys.decrypt("") == keys.rotate("") == ""


def test_old_values_open_after_a_new_key_and_close_when_theirs_is_gone(
    settings: Settings,
) -> None:
    token = keys.encrypt(NUMBER)
    settings.FIELD_KEYS = [NEW, OLD]
    assert keys.decrypt(token) == NUMBER
    rotated = keys.rotate(token)
    settings.FIELD_KEYS = [NEW]
    assert keys.decrypt(rotated) == NUMBER
    with pytest.raises(DecryptionError):
        keys.decrypt(token)
    with pytest.raises(DecryptionError):
        keys.rotate(token)


@pytest.mark.parametrize("stored", ["1101700000001", "สมศรี", "gAAAAA" + "x" * 80])
def test_a_value_that_is_no_token_is_an_error_that_does_not_repeat_it(stored: str) -> None:
    with pytest.raises(DecryptionError) as refused:
        keys.decrypt(stored)
    assert stored not in str(refused.value)
    assert refused.value.__suppress_context__


def test_missing_or_broken_keys_say_so_without_showing_them(settings: Settings) -> None:
    settings.FIELD_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        keys.encrypt(NUMBER)
    settings.FIELD_KEYS = ["not-a-key-but-secret"]
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS") as refused:
        keys.encrypt(NUMBER)
    assert "secret" not in str(refused.value)


def test_a_blind_index_finds_equals_of_one_purpose_only() -> None:
    digest = blind_index(NUMBER, "resident.national_id")
    assert len(digest) == 64
    assert int(digest, 16)
    assert digest == blind_index(NUMBER, "resident.national_id")
    assert digest != blind_index(NUMBER, "complaint.national_id")
    assert digest != blind_index("1234567890121", "resident.national_id")
    assert blind_index("", "resident.national_id") == ""
    assert blind_index_candidates("", "resident.national_id") == []


def test_a_blind_index_of_an_old_key_is_still_looked_for(settings: Settings) -> None:
    stored = blind_index(NUMBER, "phone")
    settings.FIELD_KEYS = [NEW, OLD]
    candidates = blind_index_candidates(NUMBER, "phone")
    assert candidates == [blind_index(NUMBER, "phone"), stored]
    assert candidates[0] != stored
