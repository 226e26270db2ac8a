using Semblance.Training;

namespace Semblance.Cli.Recipes;

/// <summary>The texts of a recipe's data sets, where a recipe learns from words and not from rows.</summary>
internal static class RecipeTexts
{
    /// <summary>The texts, file by file; broken rows are left out.</summary>
    /// <param name="datasets">A list of <c>files</c> and perhaps the <c>texts</c>' columns.</param>
    /// <param name="folder">What the paths are relative to.</param>
    public static IEnumerable<IEnumerable<string>> Read(RecipeNode datasets, string folder)
    {
        foreach (var node in datasets.Items())
        {
            var columns = node.Only("files", "texts").Find("texts") is { } texts ? new ColumnMapping([.. texts.Items().Select(column => column.Text())]) : null;
            foreach (var file in node.Get("files").Items())
            {
                yield return new DatasetReader(Path.Combine(folder, file.Text()), columns) { BrokenRows = BrokenRows.Skip }.SelectMany(row => row.Texts);
            }
        }
    }
}
