"""The codes that the practice Espay answers, and which of them are invented.

The codes of ``protocol.md 6`` are documented. The full error table of Espay is in no available
copy, so the refusals for mistakes that a strict judge has to name are made up here; a client
honours them in practice only.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its text."""

    code: str
    text: str
    invented: bool = False


SUCCESS: Final = Code("0000", "Success")
IN_PROCESS: Final = Code("0000", "Inproses")
UUID_EXISTS: Final = Code("210", "UUID already exist")
DENIED: Final = Code("405", "product denied")
SAME_TRANSACTION: Final = Code("610", "Anda bisa melakukan transaksi yang sama setelah 5 menit")
WRONG_NUMBER: Final = Code("33", "IDPEL YANG ANDA MASUKKAN SALAH, MOHON TELITI KEMBALI")
WRONG_NUMBER_ELSEWHERE: Final = Code("33", "NOMOR PELANGGAN SALAH", invented=True)
SUSPECT: Final = Code("9999", "Suspect")
EXECUTION_TIMEOUT: Final = Code("EX", "Timeout while execution")

# Codes that integrations handle; their texts are in no document.
BALANCE_TOO_LOW: Final = Code("800", "Saldo deposit tidak mencukupi", invented=True)
AMOUNT_OUT_OF_RANGE: Final = Code("802", "Nominal di luar batas yang diizinkan", invented=True)

FIELD_MISSING: Final = Code("0010", "Mandatory field missing", invented=True)
FIELD_INVALID: Final = Code("0011", "Invalid field", invented=True)
WRONG_PASSWORD: Final = Code("0012", "Invalid sender_id or password", invented=True)
WRONG_SIGNATURE: Final = Code("0014", "Invalid signature", invented=True)
DIFFERS_FROM_INQUIRY: Final = Code("0015", "Data or amount differs from inquiry", invented=True)
ALREADY_PAID: Final = Code("0088", "TAGIHAN SUDAH TERBAYAR", invented=True)
NO_BILL: Final = Code("0089", "TAGIHAN BELUM TERSEDIA", invented=True)
UNKNOWN_OPERATOR: Final = Code("0097", "Operator tidak dikenal", invented=True)
NOT_FOUND: Final = Code("0098", "Transaksi tidak ditemukan", invented=True)
FAILED: Final = Code("0099", "Transaksi gagal", invented=True)
UNLISTED: Final = Code("0777", "Kode tidak terdaftar", invented=True)

CODES: Final = (
    SUCCESS,
    IN_PROCESS,
    UUID_EXISTS,
    DENIED,
    SAME_TRANSACTION,
    WRONG_NUMBER,
    WRONG_NUMBER_ELSEWHERE,
    SUSPECT,
    EXECUTION_TIMEOUT,
    BALANCE_TOO_LOW,
    AMOUNT_OUT_OF_RANGE,
    FIELD_MISSING,
    FIELD_INVALID,
    WRONG_PASSWORD,
    WRONG_SIGNATURE,
    DIFFERS_FROM_INQUIRY,
    ALREADY_PAID,
    NO_BILL,
    UNKNOWN_OPERATOR,
    NOT_FOUND,
    FAILED,
    UNLISTED,
)

_BY_CODE: Final = {code.code: code for code in reversed(CODES)}


def code_called(code: str) -> Code:
    """Give the first code of the table that is written so.

    Raises:
        KeyError: There is none.
    """
    return _BY_CODE[code]
