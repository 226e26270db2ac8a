using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents the content of a file on the Hub, identified by its ETag: the SHA-256 of a large file, the git SHA-1 of a small one.
/// </summary>
/// <param name="Etag">The ETag of the content.</param>
/// <param name="Size">The size in bytes, or <see langword="null"/> if the server did not send it.</param>
internal sealed record HubBlob(string Etag, long? Size)
{
    private const int Sha1Digits = 40, Sha256Digits = 64;

    /// <summary>Gets a value that indicates whether the ETag is a hash of the content; another server can use ETags of its own.</summary>
    public bool IsHash => Etag.Length is Sha1Digits or Sha256Digits && Etag.All(char.IsAsciiHexDigitLower);

    /// <summary>Reads the ETag and the size from a response.</summary>
    /// <exception cref="HubException">The response does not describe a file.</exception>
    public static HubBlob Of(HttpResponseMessage response, string what)
    {
        var etag = (Header("X-Linked-Etag") ?? Header("ETag") ?? "").Trim();
        etag = (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
        if (!HubNames.IsBlobName(etag))
        {
            throw new HubException($"The server sent no valid ETag for {what}; check that HF_ENDPOINT is the address of a Hub.");
        }

        long? size = response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        if (long.TryParse(Header("X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linked))
        {
            size = linked;
        }

        return new HubBlob(etag, size);

        string? Header(string name) => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
    }

    /// <summary>Returns whether a file has this size and hash.</summary>
    public async Task<bool> MatchesAsync(string path, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            if (Size is { } size && file.Length != size)
            {
                return false;
            }

            return Etag.Length switch
            {
                Sha256Digits => Etag == Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)),
                Sha1Digits => Etag == await GitHashAsync(file, cancellationToken).ConfigureAwait(false),
                _ => true, // not a hash: only the size is compared
            };
        }
    }

    private static async Task<string> GitHashAsync(FileStream file, CancellationToken cancellationToken)
    {
#pragma warning disable CA5350 // git names its blobs by SHA-1; it detects damage here, not forgery.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        var buffer = new byte[1 << 16];
        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
