using System.Buffers;
using System.Text.RegularExpressions;

namespace Semblance.Checkpoints;

/// <summary>Checks of names that become paths: those that the user gives, and those that a server sends.</summary>
internal static partial class HubNames
{
    private static readonly SearchValues<char> Reserved = SearchValues.Create("\\:*?\"<>|");

    /// <exception cref="ArgumentException">The name is not one of a model on the Hub.</exception>
    public static void CheckModelId(string modelId)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        if (!ModelId().IsMatch(modelId) || modelId.Contains("..", StringComparison.Ordinal) || modelId.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{modelId}' is not a model of the Hub; expected a name such as sentence-transformers/all-MiniLM-L6-v2.", nameof(modelId));
        }
    }

    /// <exception cref="ArgumentException">The revision cannot be the name of a branch, tag or commit.</exception>
    public static void CheckRevision(string revision)
    {
        if (!IsRelativePath(revision))
        {
            throw new ArgumentException($"'{revision}' is not a revision; expected a branch, a tag or a commit.", nameof(revision));
        }
    }

    public static bool IsCommit(string revision) => Commit().IsMatch(revision);

    /// <summary>Whether a server's etag can name a blob.</summary>
    public static bool IsBlobName(string etag) => BlobName().IsMatch(etag);

    /// <summary>Whether a path stays below the folder it is appended to, on every system.</summary>
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
