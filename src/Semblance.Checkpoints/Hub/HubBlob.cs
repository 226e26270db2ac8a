using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Semblance.Checkpoints;

/// <summary>A file's content on the Hub, known by its etag: SHA-256 of a large file, git's SHA-1 of a small one.</summary>
/// <param name="Etag">The name of the content.</param>
/// <param name="Size">Its length in bytes, if the server said.</param>
internal sealed record HubBlob(string Etag, long? Size)
{
    private const int Sha1Digits = 40, Sha256Digits = 64;

    /// <summary>Whether the name is a hash of the content; a server with names of its own says nothing by them.</summary>
    public bool IsHash => Etag.Length is Sha1Digits or Sha256Digits && Etag.All(char.IsAsciiHexDigitLower);

    /// <exception cref="HubException">The answer does not describe a file.</exception>
    public static HubBlob Of(HttpResponseMessage response, string what)
    {
        var etag = (Header("X-Linked-Etag") ?? Header("ETag") ?? "").Trim();
        etag = (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
        if (!HubNames.IsBlobName(etag))
        {
            throw new HubException($"The server sent no usable ETag for {what}; is HF_ENDPOINT the address of a Hub?");
        }

        long? size = response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        if (long.TryParse(Header("X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linked))
        {
            size = linked;
        }

        return new HubBlob(etag, size);

        string? Header(string name) => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
    }

    /// <summary>Whether a file has this size and hash.</summary>
    public async Task<bool> MatchesAsync(string path, CancellationToken cancellation)
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
                Sha256Digits => Etag == Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false)),
                Sha1Digits => Etag == await GitHashAsync(file, cancellation).ConfigureAwait(false),
                _ => true, // a server with names of its own: the size must do
            };
        }
    }

    private static async Task<string> GitHashAsync(FileStream file, CancellationToken cancellation)
    {
#pragma warning disable CA5350 // git names its blobs by SHA-1; it guards against damage here, not against forgery.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        var buffer = new byte[1 << 16];
        while (await file.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
