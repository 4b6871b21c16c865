/*
 * Numbers: kept as text, compared as decimals, computed with as doubles.
 *
 * A number is taken apart into the digits from the first to the last that is not zero and the
 * place of the decimal point, so 1, 1.0 and 10e-1 are the same. Its exponent may have any number
 * of digits and is never made into an integer on the way to a comparison.
 */
#include "base/arena.h"
#include "base/json/digest.h"
#include "base/json/make.h"
#include "base/json/scan.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The value is 0.DIGITS * 10^(point + exponent). */
struct decimal {
    bool is_negative;
    const char *digits;     /* the first significant one; a '.' may stand among them */
    const char *digits_end; /* behind the last significant one; equal to `digits` for zero */
    int64_t point;
    bool is_exponent_negative;
    struct str exponent; /* its digits, without leading zeros */
};

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && scan_is_digit((unsigned char)*at))
        at++;
    return at;
}

static void decimal_exponent(struct decimal *decimal, const char *at, const char *end)
{
    if (*at == '+' || *at == '-')
        decimal->is_exponent_negative = *at++ == '-';
    while (at < end && *at == '0')
        at++;
    decimal->exponent = (struct str){at, (size_t)(end - at)};
}

static struct decimal decimal_of(struct json number)
{
    const char *at = number.text;
    const char *end = at + number.size;
    struct decimal decimal = {.is_negative = *at == '-'};
    at += decimal.is_negative;
    const char *whole_end = digits_end(at, end);
    bool has_fraction = whole_end < end && *whole_end == '.';
    const char *mantissa_end = has_fraction ? digits_end(whole_end + 1, end) : whole_end;
    if (mantissa_end < end)
        decimal_exponent(&decimal, mantissa_end + 1, end);
    while (at < mantissa_end && (*at == '0' || *at == '.'))
        at++;
    /* A point ahead of the first digit is not counted as a place. */
    decimal.point = whole_end - at + (at > whole_end);
    decimal.digits = at;
    while (mantissa_end > at && (mantissa_end[-1] == '0' || mantissa_end[-1] == '.'))
        mantissa_end--;
    decimal.digits_end = mantissa_end;
    return decimal;
}

static bool decimal_is_zero(const struct decimal *decimal)
{
    return decimal->digits == decimal->digits_end;
}

/* The next significant digit at *at, or 0 behind the last. */
static int decimal_next(const struct decimal *decimal, const char **at)
{
    if (*at < decimal->digits_end && **at == '.')
        ++*at;
    return *at < decimal->digits_end ? *(*at)++ - '0' : 0;
}

/* --- comparing ---------------------------------------------------------------------------- */

/* Digit `place` of the exponent, counted from the last, with its sign. */
static int64_t exponent_digit(const struct decimal *decimal, size_t place)
{
    if (place >= decimal->exponent.length)
        return 0;
    int64_t digit = decimal->exponent.at[decimal->exponent.length - 1 - place] - '0';
    return decimal->is_exponent_negative ? -digit : digit;
}

/*
 * The exponent of `a` minus that of `b`, digit by digit from the top. Once the difference is far
 * beyond the number of digits a text can hold, no later digit brings it back and it may stand.
 */
static int64_t exponent_difference(const struct decimal *a, const struct decimal *b)
{
    const int64_t far = INT64_C(1000000000000);
    size_t place =
        a->exponent.length > b->exponent.length ? a->exponent.length : b->exponent.length;
    int64_t difference = 0;
    while (place-- > 0 && difference < far && difference > -far)
        difference = difference * 10 + exponent_digit(a, place) - exponent_digit(b, place);
    return difference;
}

static int order_of(int64_t difference)
{
    return (difference > 0) - (difference < 0);
}

/* By size, the signs aside; neither is zero. */
static int decimal_compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    int64_t difference = exponent_difference(a, b) + a->point - b->point;
    const char *at_a = a->digits;
    const char *at_b = b->digits;
    while (difference == 0 && (at_a < a->digits_end || at_b < b->digits_end))
        difference = decimal_next(a, &at_a) - decimal_next(b, &at_b);
    return order_of(difference);
}

static int decimal_sign(const struct decimal *decimal)
{
    return decimal_is_zero(decimal) ? 0 : decimal->is_negative ? -1 : 1;
}

int json_number_compare(struct json a, struct json b)
{
    struct decimal decimal_a = decimal_of(a);
    struct decimal decimal_b = decimal_of(b);
    int sign = decimal_sign(&decimal_a);
    if (sign != decimal_sign(&decimal_b))
        return sign - decimal_sign(&decimal_b);
    return sign == 0 ? 0 : sign * decimal_compare_magnitude(&decimal_a, &decimal_b);
}

/*
 * point + exponent modulo a number that nobody outside knows: equal sums give the same, and who
 * chooses the exponents cannot choose which others do.
 */
static uint64_t place_digest(const struct decimal *decimal)
{
    if (decimal->exponent.length == 0 && decimal->point >= 0)
        return (uint64_t)decimal->point; /* smaller than any modulus */
    uint64_t modulus = str_hash(STR("place")) | UINT64_C(1) << 63;
    unsigned __int128 place = 0;
    for (size_t i = 0; i < decimal->exponent.length; i++) {
        place *= 10;
        place += (unsigned)(decimal->exponent.at[i] - '0');
        place %= modulus;
    }
    if (decimal->is_exponent_negative)
        place = modulus - place;
    place += decimal->point < 0 ? modulus - (uint64_t)-decimal->point : (uint64_t)decimal->point;
    return (uint64_t)(place % modulus);
}

void digest_add_number(struct digest *digest, struct json number)
{
    struct decimal decimal = decimal_of(number);
    int sign = decimal_sign(&decimal);
    if (sign == 0) {
        digest_add(digest, STR("0"));
        return;
    }
    uint64_t place = place_digest(&decimal);
    digest_add(digest, sign < 0 ? STR("-") : STR("+"));
    digest_add(digest, (struct str){(const char *)&place, sizeof place});
    for (const char *at = decimal.digits; at < decimal.digits_end;) {
        const char *end = digits_end(at, decimal.digits_end);
        digest_add(digest, (struct str){at, (size_t)(end - at)});
        at = end < decimal.digits_end ? end + 1 : end;
    }
}

/* --- doubles ------------------------------------------------------------------------------ */

/* point + exponent, or far outside of what a double can hold. */
static int64_t decimal_place(const struct decimal *decimal)
{
    const int64_t far = INT64_C(1000000000000);
    int64_t exponent = 0;
    for (size_t i = 0; i < decimal->exponent.length && exponent < far; i++)
        exponent = exponent * 10 + (decimal->exponent.at[i] - '0');
    return (decimal->is_exponent_negative ? -exponent : exponent) + decimal->point;
}

/* Where mantissa and power of ten are both exact, one operation rounds correctly (Clinger 1990). */
static bool double_exactly(uint64_t mantissa, int64_t exponent, double *ret_number)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (mantissa > UINT64_C(1) << DBL_MANT_DIG || exponent < -22 || exponent > 22)
        return false;
    *ret_number =
        exponent < 0 ? (double)mantissa / powers[-exponent] : (double)mantissa * powers[exponent];
    return true;
}

/*
 * No double has more than 767 significant digits, no middle between two more than 768: what comes
 * behind only matters by being there.
 */
#define DOUBLE_DIGITS 768

/* The digits as an integer with an exponent: without a point, strtod() knows no locale. */
static double double_slowly(const struct decimal *decimal, int64_t place)
{
    if (place > 310)
        return HUGE_VAL;
    if (place < -330)
        return 0;
    char text[DOUBLE_DIGITS + 1 + sizeof "e-2000"];
    int length = 0;
    const char *at = decimal->digits;
    while (at < decimal->digits_end && length < DOUBLE_DIGITS)
        text[length++] = (char)('0' + decimal_next(decimal, &at));
    if (at < decimal->digits_end)
        text[length++] = '1';
    snprintf(text + length, sizeof text - (size_t)length, "e%d", (int)place - length);
    return strtod(text, NULL);
}

double json_number(struct json number)
{
    struct decimal decimal = decimal_of(number);
    int64_t place = decimal_place(&decimal);
    uint64_t mantissa = 0;
    int count = 0;
    const char *at = decimal.digits;
    for (; at < decimal.digits_end && count < 19; count++)
        mantissa = mantissa * 10 + (uint64_t)decimal_next(&decimal, &at);
    double result;
    if (decimal_is_zero(&decimal))
        result = 0;
    else if (at < decimal.digits_end || !double_exactly(mantissa, place - count, &result))
        result = double_slowly(&decimal, place);
    return decimal.is_negative ? -result : result;
}

/* --- from doubles ------------------------------------------------------------------------- */

/* DIGITS * 10^exponent, without zeros at the end. */
struct shortest {
    char digits[20];
    int count;
    int exponent;
};

static bool shortest_reads_back(const struct shortest *shortest, double number)
{
    char text[40];
    int length = snprintf(text, sizeof text, "%.*se%d", shortest->count, shortest->digits,
                          shortest->exponent);
    struct json candidate = {.type = JSON_NUMBER, .size = (uint32_t)length, .text = text};
    return json_number(candidate) == number;
}

static struct shortest shortest_with(double number, int count)
{
    struct shortest shortest = {.count = 0};
    char text[40];
    snprintf(text, sizeof text, "%.*e", count - 1, number);
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (scan_is_digit((unsigned char)*at)) /* whatever the locale's point is */
            shortest.digits[shortest.count++] = *at;
    }
    shortest.exponent = atoi(at + 1) - (count - 1);
    return shortest;
}

/* Of a positive, finite number. */
static struct shortest shortest_of(double number)
{
    /* Fifteen digits survive the way there and back, unless the number is subnormal. */
    int count = number < DBL_MIN ? 1 : DBL_DIG;
    struct shortest shortest;
    for (;; count++) {
        shortest = shortest_with(number, count);
        if (count == DBL_DECIMAL_DIG || shortest_reads_back(&shortest, number))
            break;
        /* Above a power of two the doubles are twice as far apart: the next one up may do. */
        char *last = &shortest.digits[count - 1];
        if (*last == '9')
            continue;
        ++*last;
        if (shortest_reads_back(&shortest, number))
            break;
    }
    while (shortest.count > 1 && shortest.digits[shortest.count - 1] == '0') {
        shortest.count--;
        shortest.exponent++;
    }
    return shortest;
}

/* As ECMAScript writes numbers (ECMA-262, Number::toString), but for the plus in exponents. */
static struct str shortest_format(struct arena *arena, const struct shortest *shortest,
                                  const char *sign)
{
    int point = shortest->count + shortest->exponent; /* digits ahead of the decimal point */
    const char *digits = shortest->digits;
    int count = shortest->count;
    if (point > 21 || point <= -6)
        return str_format(arena, "%s%.1s%s%.*se%d", sign, digits, count > 1 ? "." : "", count - 1,
                          digits + 1, point - 1);
    if (point <= 0)
        return str_format(arena, "%s0.%.*s%.*s", sign, -point, "00000", count, digits);
    if (point >= count)
        return str_format(arena, "%s%.*s%.*s", sign, count, digits, point - count,
                          "00000000000000000000");
    return str_format(arena, "%s%.*s.%.*s", sign, point, digits, count - point, digits + point);
}

struct json json_from_double(struct arena *arena, double number)
{
    if (!isfinite(number))
        return json_null();
    const double exact = 9007199254740992.0; /* 2^53 */
    struct str text;
    if (fabs(number) <= exact && number == floor(number)) {
        text = str_format(arena, "%lld", (long long)number);
    } else {
        struct shortest shortest = shortest_of(fabs(number));
        text = shortest_format(arena, &shortest, number < 0 ? "-" : "");
    }
    return (struct json){.type = JSON_NUMBER, .size = (uint32_t)text.length, .text = text.at};
}
