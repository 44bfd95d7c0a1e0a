/* SPDX-License-Identifier: Apache-2.0 */
/* Names of certificates: made from text, and shown as text that harms nobody. */
#include <arpa/inet.h>
#include <stdio.h>

#include "core/crypto/x509_parts.h"

/* C0, DEL and the encoded C1 controls have no place in a name. */
static bool has_control(const char *text)
{
	for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	}
	return false;
}

static bool add_entry(X509_NAME *name, int nid, const char *text)
{
	if (!text)
		return true;
	/* The table behind this call holds RFC 5280's upper bounds and makes it a UTF8String. */
	return !has_control(text) &&
	       X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

X509_NAME *x509_name_make(const struct cert_name *name)
{
	X509_NAME *result = X509_NAME_new();

	if (result && add_entry(result, NID_organizationName, name->organisation) &&
	    add_entry(result, NID_organizationalUnitName, name->unit) &&
	    add_entry(result, NID_commonName, name->common_name))
		return result;
	X509_NAME_free(result);
	return NULL;
}

struct hash32 x509_name_sha256(const X509_NAME *name)
{
	const unsigned char *der = NULL;
	size_t len = 0;

	ASSERT(X509_NAME_get0_der(name, &der, &len) == 1);
	return hash_sha256(bytes_of(der, len));
}

/* Appends one byte of foreign text to a string, as itself or as \xHH; false when full. */
static bool show_byte(char *out, size_t size, size_t *at, uint8_t byte, bool plain)
{
	if (*at + 5 > size)
		return false;
	if (plain)
		out[(*at)++] = (char)byte;
	else
		*at += (size_t)snprintf(out + *at, size - *at, "\\x%02x", byte);
	out[*at] = '\0';
	return true;
}

static void show_bytes(char *out, size_t size, struct bytes text)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < text.len; i++) {
		uint8_t b = text.data[i];

		if (!show_byte(out, size, &at, b, b >= 0x20 && b < 0x7f && b != '\\'))
			return;
	}
}

static void show_entry(char out[CERT_TEXT_MAX], const ASN1_STRING *value)
{
	unsigned char *text = NULL;
	int len = ASN1_STRING_to_UTF8(&text, value);
	struct bytes view = bytes_of(text, len > 0 ? (size_t)len : 0);

	/* OpenSSL ends it with a NUL; one in the middle is a control, too. */
	if (len >= 0 && view.len < CERT_TEXT_MAX && strlen((const char *)text) == view.len &&
	    !has_control((const char *)text))
		memcpy(out, text, view.len + 1);
	else
		show_bytes(out, CERT_TEXT_MAX, view);
	OPENSSL_free(text);
}

void x509_name_show(struct cert_subject *ret, const X509_NAME *name)
{
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);

		switch (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))) {
		case NID_organizationName: show_entry(ret->organisation, value); break;
		case NID_organizationalUnitName: show_entry(ret->unit, value); break;
		case NID_commonName: show_entry(ret->common_name, value); break;
		default: break;
		}
	}
}

void x509_oid_text(char *out, size_t size, const ASN1_OBJECT *object)
{
	if (!object || OBJ_obj2txt(out, (int)size, object, 1) <= 0)
		snprintf(out, size, "?");
}

/* ---- alternative names and constraints ---- */

static bool is_ia5(const char *text)
{
	if (!*text || strlen(text) >= CERT_NAME_MAX)
		return false;
	for (; *text; text++) {
		if (*text < 0x21 || *text > 0x7e)
			return false;
	}
	return true;
}

static GENERAL_NAME *directory_make(const char *organisation)
{
	const struct cert_name name = {.organisation = organisation};
	GENERAL_NAME *result = GENERAL_NAME_new();

	if (!result)
		return NULL;
	result->type = GEN_DIRNAME;
	result->d.directoryName = x509_name_make(&name);
	if (result->d.directoryName)
		return result;
	GENERAL_NAME_free(result);
	return NULL;
}

GENERAL_NAME *x509_alt_make(const struct cert_alt *alt, bool constraint)
{
	int type;

	switch (alt->kind) {
	case CERT_ALT_DNS: type = GEN_DNS; break;
	case CERT_ALT_IP: type = GEN_IPADD; break;
	case CERT_ALT_URI: type = GEN_URI; break;
	case CERT_ALT_EMAIL: type = GEN_EMAIL; break;
	case CERT_ALT_DIRECTORY: return directory_make(alt->text);
	case CERT_ALT_OTHER:
	default: return NULL;
	}
	return is_ia5(alt->text) ? a2i_GENERAL_NAME(NULL, NULL, NULL, type, alt->text, constraint) : NULL;
}

/* An address of 4 or 16 bytes; a constraint's has the mask behind it. */
static void show_address(char out[CERT_NAME_MAX], const ASN1_OCTET_STRING *address)
{
	const uint8_t *data = ASN1_STRING_get0_data(address);
	int len = ASN1_STRING_length(address), family = len == 4 || len == 8 ? AF_INET : AF_INET6;
	char one[INET6_ADDRSTRLEN] = "", two[INET6_ADDRSTRLEN] = "";

	if (len != 4 && len != 8 && len != 16 && len != 32) {
		show_bytes(out, CERT_NAME_MAX, bytes_of(data, (size_t)len));
		return;
	}
	inet_ntop(family, data, one, sizeof(one));
	if (len == 8 || len == 32)
		inet_ntop(family, data + len / 2, two, sizeof(two));
	snprintf(out, CERT_NAME_MAX, "%s%s%s", one, two[0] ? "/" : "", two);
}

void x509_alt_show(struct cert_alt_text *ret, const GENERAL_NAME *name)
{
	const ASN1_STRING *text = NULL;

	*ret = (struct cert_alt_text){.kind = CERT_ALT_OTHER};
	switch (name->type) {
	case GEN_DNS: ret->kind = CERT_ALT_DNS; text = name->d.dNSName; break;
	case GEN_URI: ret->kind = CERT_ALT_URI; text = name->d.uniformResourceIdentifier; break;
	case GEN_EMAIL: ret->kind = CERT_ALT_EMAIL; text = name->d.rfc822Name; break;
	case GEN_IPADD:
		ret->kind = CERT_ALT_IP;
		show_address(ret->text, name->d.iPAddress);
		break;
	case GEN_DIRNAME: {
		struct cert_subject subject;

		ret->kind = CERT_ALT_DIRECTORY;
		x509_name_show(&subject, name->d.directoryName);
		snprintf(ret->text, sizeof(ret->text), "%s", subject.organisation);
		break;
	}
	default: break;
	}
	if (text)
		show_bytes(ret->text, sizeof(ret->text),
			   bytes_of(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text)));
}
