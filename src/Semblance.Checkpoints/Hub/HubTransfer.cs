using System.Diagnostics;
using System.Net;
using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>Downloads one content into the cache: resumes an earlier attempt, checks the bytes, then renames the file.</summary>
internal sealed class HubTransfer(HubConnection connection, HubOptions options, HubCache cache)
{
    private const int BufferLength = 1 << 17;

    private const long MaxUnannounced = 1 << 30;

    /// <summary>Downloads the content, unless it is there.</summary>
    /// <exception cref="HubException">The transfer failed.</exception>
    public async Task RunAsync(HubBlob blob, string file, Uri uri, string what, Action<long> received, CancellationToken cancellationToken)
    {
        var path = cache.Blob(blob.Etag);
        var incomplete = cache.Incomplete(blob.Etag);
        using var held = await cache.LockAsync(blob.Etag, options.Delay, cancellationToken).ConfigureAwait(false);
        if (File.Exists(path) && HubIntegrity.Fault(path, blob, file) is null)
        {
            return;
        }

        if (!blob.IsHash)
        {
            File.Delete(incomplete); // without a hash it is unknown whether two parts are of the same file
        }

        for (var again = true; ; again = false)
        {
            await connection.RetryAsync(
                () => ContinueAsync(blob, uri, what, incomplete, received, cancellationToken),
                options.MaxAttempts,
                () => LengthOf(incomplete),
                cancellationToken).ConfigureAwait(false);
            if (await blob.MatchesAsync(incomplete, cancellationToken).ConfigureAwait(false))
            {
                File.Move(incomplete, path, overwrite: true);
                AtomicFolder.Flush(Path.GetDirectoryName(path)!);
                return;
            }

            File.Delete(incomplete);
            if (!again)
            {
                throw new HubException(
                    $"The bytes received for {what} twice differ from the announced size or hash; a proxy or the server damages them. Try "
                    + "again later, or over another network.");
            }
        }
    }

    /// <summary>Sends one request for the missing bytes; returns <see langword="true"/> when all are there.</summary>
    private async Task<bool> ContinueAsync(
        HubBlob blob, Uri uri, string what, string incomplete, Action<long> received, CancellationToken cancellationToken)
    {
        var have = LengthOf(incomplete);
        if (have > 0 && have >= blob.Size)
        {
            return true;
        }

        using var response = await connection.SendAsync(HttpMethod.Get, uri, have, what, cancellationToken).ConfigureAwait(false);
        var resumed = response.StatusCode == HttpStatusCode.PartialContent;
        if (have > 0 && (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
            || (resumed && response.Content.Headers.ContentRange?.From != have)))
        {
            File.Delete(incomplete);
            throw new HubException(
                $"The server does not continue {what} at byte {have}; the download starts again.", null, new IOException());
        }

        var file = new FileStream(incomplete, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        await using (file.ConfigureAwait(false))
        {
            await CopyAsync(response, file, blob.Size, what, received, cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
            return !(file.Length < blob.Size)
                ? true
                : throw new HubException(
                    $"The connection for {what} ended at byte {file.Length} of {blob.Size}; try again, the received bytes are "
                    + "kept.", null, new IOException());
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response, FileStream file, long? size, string what, Action<long> received, CancellationToken cancellationToken)
    {
        var limit = size ?? file.Length + response.Content.Headers.ContentLength ?? MaxUnannounced;
        var rate = Stopwatch.StartNew();
        var before = file.Length;
        var body = await connection.WaitAsync(timeout => response.Content.ReadAsStreamAsync(timeout), what, cancellationToken)
            .ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[BufferLength];
            while (file.Length <= limit) // more bytes than announced are damage and must not fill the disk
            {
                var count = await connection.WaitAsync(timeout => body.ReadAsync(buffer, timeout).AsTask(), what, cancellationToken)
                    .ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                received(file.Length);
                if (rate.Elapsed >= options.Timeout)
                {
                    if (file.Length - before < options.MinBytesPerSecond * rate.Elapsed.TotalSeconds)
                    {
                        throw new HubException(
                            $"The server sends {what} too slowly: {file.Length - before} bytes in {rate.Elapsed.TotalSeconds:0} seconds, "
                            + $"less than {options.MinBytesPerSecond} per second. Try again later, or over another network; the received "
                            + "bytes are kept.");
                    }

                    before = file.Length;
                    rate.Restart();
                }
            }

            if (size is null)
            {
                throw new HubException(
                    $"The server sends more than {limit} bytes for {what}, whose size it did not announce; check that HF_ENDPOINT is the "
                    + "address of a Hub.");
            }
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
