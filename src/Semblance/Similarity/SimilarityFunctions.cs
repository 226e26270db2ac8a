namespace Semblance;

/// <summary>
/// Converts similarity functions to and from their names, as in <c>similarity_fn_name</c> in <c>config_sentence_transformers.json</c>.
/// </summary>
public static class SimilarityFunctions
{
    private static readonly string[] Names = ["cosine", "dot", "euclidean", "manhattan"];

    /// <summary>
    /// Returns the name of a function in configuration files: <c>cosine</c>, <c>dot</c>, <c>euclidean</c> or <c>manhattan</c>.
    /// </summary>
    public static string Name(this SimilarityFunction similarity) => Names[(int)similarity.Checked()];

    /// <summary>Returns the function with a name.</summary>
    /// <exception cref="FormatException">No function has this name.</exception>
    public static SimilarityFunction Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = Array.IndexOf(Names, name);
        return index >= 0
            ? (SimilarityFunction)index
            : throw new FormatException($"There is no similarity function '{name}'; use one of {string.Join(", ", Names)}.");
    }

    internal static SimilarityFunction Checked(this SimilarityFunction similarity) => Enum.IsDefined(similarity)
        ? similarity
        : throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "There is no such similarity function.");
}
