namespace Semblance.Training.Recipes;

/// <summary>Reads the texts of a recipe's data sets, for recipes that train a vocabulary or word vectors.</summary>
internal static class RecipeTexts
{
    /// <summary>Returns the texts, file by file; broken rows are skipped.</summary>
    /// <param name="datasets">A list of <c>files</c>, optionally with the columns of <c>texts</c>.</param>
    /// <param name="folder">The folder that paths are relative to.</param>
    public static IEnumerable<IEnumerable<string>> Read(RecipeNode datasets, string folder)
    {
        foreach (var node in datasets.Items())
        {
            foreach (var file in node.Get("files").Items())
            {
                yield return Read(node, file, folder).SelectMany(row => row.Texts);
            }
        }
    }

    /// <summary>Returns the rows of one data set; broken rows are skipped.</summary>
    public static IEnumerable<Example> ReadRows(RecipeNode dataset, string folder) =>
        dataset.Get("files").Items().SelectMany(file => Read(dataset, file, folder));

    private static DatasetReader Read(RecipeNode node, RecipeNode file, string folder)
    {
        var columns = node.Only("files", "texts").Find("texts") is { } texts
            ? new ColumnMapping([.. texts.Items().Select(column => column.Text())])
            : null;
        return new DatasetReader(Path.Combine(folder, file.Text()), columns) { BrokenRows = BrokenRows.Skip };
    }
}
