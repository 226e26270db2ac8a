using System.Buffers;
using System.Text.RegularExpressions;

namespace Semblance.Checkpoints;

/// <summary>Checks names that become paths: those of the user and those of a server.</summary>
internal static partial class HubNames
{
    private static readonly SearchValues<char> Reserved = SearchValues.Create("\\:*?\"<>|");

    /// <summary>Checks the id of a model.</summary>
    /// <exception cref="ArgumentException">The id is not valid.</exception>
    public static void CheckModelId(string modelId)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        if (!ModelId().IsMatch(modelId)
            || modelId.Contains("..", StringComparison.Ordinal) || modelId.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{modelId}' is not the id of a model on the Hub; expected an id such as "
                + "sentence-transformers/all-MiniLM-L6-v2.", nameof(modelId));
        }
    }

    /// <summary>Checks a revision.</summary>
    /// <exception cref="ArgumentException">The revision cannot be the name of a branch, tag or commit.</exception>
    public static void CheckRevision(string revision)
    {
        if (!IsRelativePath(revision))
        {
            throw new ArgumentException($"'{revision}' is not a revision; expected a branch, a tag or a commit.", nameof(revision));
        }
    }

    /// <summary>Returns whether a revision is a commit.</summary>
    public static bool IsCommit(string revision) => Commit().IsMatch(revision);

    /// <summary>Returns whether an ETag can be the name of a file.</summary>
    public static bool IsBlobName(string etag) => BlobName().IsMatch(etag);

    /// <summary>Returns whether a path stays in the folder to which it is appended, on every system.</summary>
    public static bool IsRelativePath(string path) =>
        path.Length is > 0 and <= 512
        && !path.AsSpan().ContainsAny(Reserved)
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part.Length > 0 && part[^1] is not ('.' or ' ') && part != "..");

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95})?\z")]
    private static partial Regex ModelId();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}\z")]
    private static partial Regex BlobName();
}
