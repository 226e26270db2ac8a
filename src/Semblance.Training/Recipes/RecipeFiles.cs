using YamlDotNet.RepresentationModel;

namespace Semblance.Training.Recipes;

/// <summary>Finds the files and folders that a recipe reads.</summary>
internal static class RecipeFiles
{
    private static readonly string[] DataKeys = ["files", "file", "contexts"];

    private static readonly string[] ModelKeys =
    [
        "model", "cross-encoder", "multi-vector", "sparse", RecipeJoint.Key, .. RecipeTaskModel.Keys, "folder", "tokenizer",
        "word-vectors", "teacher", "vectors", "guide", "from",
    ];

    // The folder that recipes write to by convention: what is missing there is written by another recipe, and is no id of a model.
    private const string Outputs = "runs/";

    // Values of 'from' that name a way to find negatives, and the bundled model.
    private static readonly string[] Names = ["bm25", "random", DefaultModel.Name];

    /// <summary>Returns the paths that do not exist.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The folder that paths of data are relative to.</param>
    public static IEnumerable<string> Missing(RecipeNode recipe, string data)
    {
        foreach (var (key, value) in Values(recipe, ""))
        {
            if (DataKeys.Contains(key) && Path.Combine(data, value) is var file && !File.Exists(file))
            {
                yield return file;
            }
            else if (ModelKeys.Contains(key) && !Names.Contains(value) && !Directory.Exists(value)
                && (HubId.IsPath(value) || value.StartsWith(Outputs, StringComparison.Ordinal)))
            {
                yield return value;
            }
        }
    }

    private static IEnumerable<(string Key, string Value)> Values(RecipeNode node, string key) => node.Yaml switch
    {
        YamlMappingNode => node.Entries().Where(entry => entry.Key is not ("vary" or "card"))
            .SelectMany(entry => Values(entry.Value, entry.Key)),
        YamlSequenceNode => node.Items().SelectMany(item => Values(item, key)),
        YamlScalarNode { Value: { Length: > 0 } value } => [(key, value)],
        _ => [],
    };
}
