namespace Semblance.Checkpoints;

/// <summary>
/// What can be told of a cached file without the network, and without reading all of a large one: that its link leads somewhere, that a small file has the hash
/// it is named by, and that a large one has its end.
/// </summary>
internal static class HubIntegrity
{
    private const int HashedLength = 1 << 20;
    private const int EndLength = 1 << 16; // a ZIP archive's last record is within, for its comment is shorter

    /// <summary>What is wrong with a file; null if nothing is known to be.</summary>
    /// <param name="path">The file in a snapshot, a link or a copy.</param>
    public static string? Fault(string path)
    {
        var link = new FileInfo(path).LinkTarget;
        if (!HubCache.Exists(path))
        {
            return link is null ? $"{path} is missing" : $"{path} is a link to {link}, which is missing";
        }

        return Fault(path, link is null ? null : Path.GetFileName(link)) is { } fault ? $"{path} {fault}" : null;
    }

    /// <summary>What is wrong with a blob that is to appear under a name; null if nothing is known to be.</summary>
    /// <param name="path">The blob.</param>
    /// <param name="blob">Its name and size.</param>
    /// <param name="name">The name of the file, whose ending says what it is.</param>
    public static string? Fault(string path, HubBlob blob, string name) =>
        blob.Size is { } size && new FileInfo(path).Length != size ? $"has {new FileInfo(path).Length} bytes of {size}" : Fault(path, blob.Etag, name);

    private static string? Fault(string path, string? etag, string? name = null)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (etag is not null && file.Length <= HashedLength && new HubBlob(etag, null) is { IsHash: true } blob)
        {
            return blob.MatchesAsync(path, CancellationToken.None).GetAwaiter().GetResult() ? null : $"has {file.Length} bytes that do not have the hash it is named by: it is cut short or damaged";
        }

        if (file.Length == 0)
        {
            return "is empty";
        }

        return Path.GetExtension(name ?? path) switch
        {
            ".safetensors" => Safetensors(path),
            ".json" when EndOf(file) is var end && end.TrimEnd(" \t\r\n"u8) is [.., not ((byte)'}' or (byte)']')] or [] => "is cut short: it does not end as JSON does",
            ".bin" when IsZip(file) && EndOf(file).IndexOf("PK\u0005\u0006"u8) < 0 => "is cut short: the end of the archive is missing",
            _ => null,
        };
    }

    // The header says how long the file is.
    private static string? Safetensors(string path)
    {
        try
        {
            SafetensorsFile.Open(path);
            return null;
        }
        catch (CheckpointFormatException e)
        {
            return $"is damaged ({e.Message})";
        }
    }

    private static bool IsZip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        file.Position = 0;
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK"u8);
    }

    private static ReadOnlySpan<byte> EndOf(FileStream file)
    {
        var end = new byte[Math.Min(EndLength + 22, file.Length)];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        return end;
    }
}
