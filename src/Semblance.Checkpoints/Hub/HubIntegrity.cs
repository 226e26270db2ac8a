namespace Semblance.Checkpoints;

/// <summary>
/// Checks a cached file without the network, and without reading all of a large one: the target of a link exists, a small file has the hash
/// in its name, and a large one has its end.
/// </summary>
internal static class HubIntegrity
{
    private const int HashedLength = 1 << 20;
    private const int EndLength = 1 << 16; // the last record of a ZIP archive is within, because its comment is shorter

    /// <summary>Returns the error of a file, or <see langword="null"/> if none is found.</summary>
    /// <param name="path">The path of the file in a snapshot, a link or a copy.</param>
    public static string? Fault(string path)
    {
        var link = new FileInfo(path).LinkTarget;
        if (!HubCache.Exists(path))
        {
            return link is null ? $"{path} is missing" : $"{path} is a link to {link}, which is missing";
        }

        return Fault(path, link is null ? null : Path.GetFileName(link)) is { } fault ? $"{path} {fault}" : null;
    }

    /// <summary>Returns the error of a content that is to get a name, or <see langword="null"/> if none is found.</summary>
    /// <param name="path">The path of the content.</param>
    /// <param name="blob">The ETag and the size of the content.</param>
    /// <param name="name">The name of the file, whose extension gives the format.</param>
    public static string? Fault(string path, HubBlob blob, string name) =>
        blob.Size is { } size && new FileInfo(path).Length != size
            ? $"has {new FileInfo(path).Length} bytes of {size}"
            : Fault(path, blob.Etag, name);

    private static string? Fault(string path, string? etag, string? name = null)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (etag is not null && file.Length <= HashedLength && new HubBlob(etag, null) is { IsHash: true } blob)
        {
            return blob.MatchesAsync(path, CancellationToken.None).GetAwaiter().GetResult()
                ? null
                : $"has {file.Length} bytes whose hash differs from its name: it is truncated or damaged";
        }

        if (file.Length == 0)
        {
            return "is empty";
        }

        return Path.GetExtension(name ?? path) switch
        {
            ".safetensors" => Safetensors(path),
            ".json" when EndOf(file) is var end && end.TrimEnd(" \t\r\n"u8) is [.., not ((byte)'}' or (byte)']')] or [] =>
                "is truncated: the end of the JSON is missing",
            ".bin" when IsZip(file) && EndOf(file).IndexOf("PK\u0005\u0006"u8) < 0 => "is truncated: the end of the archive is missing",
            _ => null,
        };
    }

    // The header gives the length of the file.
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
