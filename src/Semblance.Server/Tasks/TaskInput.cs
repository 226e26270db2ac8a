using Semblance.Server.Reranking;

namespace Semblance.Server.Tasks;

/// <summary>Checks the members that the requests for tasks have in common.</summary>
internal static class TaskInput
{
    /// <summary>Throws if there is no text.</summary>
    public static void Check(TextOrTexts input)
    {
        if (input.Texts.Count == 0)
        {
            throw RequestException.Empty("input");
        }
    }

    /// <summary>Returns whether positions count Unicode code points, as in Python, or UTF-16 units, as in JavaScript and .NET.</summary>
    public static bool IsCodePoints(string? offsets) => offsets switch
    {
        null or "code-points" => true,
        "utf-16" => false,
        _ => throw RequestException.Validation($"`offsets` is '{offsets}'; it can be code-points, utf-16.", "offsets"),
    };
}
