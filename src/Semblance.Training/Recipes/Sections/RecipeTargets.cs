namespace Semblance.Training.Recipes;

/// <summary>Adds the vectors of teachers to the rows of a recipe's data set.</summary>
internal static class RecipeTargets
{
    /// <summary>Returns a row for each text of the folder, with its vector.</summary>
    /// <param name="node">The setting <c>teacher</c>: a folder.</param>
    /// <param name="loaded">The vectors that were loaded, by their folders.</param>
    public static IReadOnlyList<Example> All(RecipeNode node, Dictionary<string, TeacherVectors> loaded)
    {
        var vectors = Vectors(node, loaded, out _);
        return [.. vectors.Texts.Select((text, i) => new Example([text]) { Targets = vectors[i] })];
    }

    /// <summary>Returns the rows whose texts have vectors, with them.</summary>
    /// <param name="node">
    /// The setting <c>teacher</c>: a folder for the vector of the first text, or <c>vectors</c> and <c>columns: each</c> for one of
    /// each text.
    /// </param>
    /// <param name="rows">The rows.</param>
    /// <param name="loaded">The vectors that were loaded, by their folders.</param>
    public static IReadOnlyList<Example> Add(RecipeNode node, IReadOnlyList<Example> rows, Dictionary<string, TeacherVectors> loaded)
    {
        var vectors = Vectors(node, loaded, out var each);
        var kept = new List<Example>();
        foreach (var row in rows)
        {
            var targets = row.Texts.Take(each ? row.Texts.Count : 1).Select(vectors.Find).ToArray();
            if (!targets.Contains(null))
            {
                kept.Add(row with { Targets = targets is [var one] ? one : [.. targets.SelectMany(target => target!)] });
            }
        }

        return kept.Count > 0 || rows.Count == 0
            ? kept
            : throw node.Fault(
                $"none of the {rows.Count} rows has a text that the folder has a vector of; add the texts to the teacher's recipe.");
    }

    private static TeacherVectors Vectors(RecipeNode node, Dictionary<string, TeacherVectors> loaded, out bool each)
    {
        var mapping = node.IsMapping ? node.Only("vectors", "columns") : null;
        var folder = (mapping?.Get("vectors") ?? node).Text();
        each = mapping?.Find("columns")?.OneOf(("first", false), ("each", true)) ?? false;
        return loaded.TryGetValue(folder, out var vectors) ? vectors : loaded[folder] = TeacherVectors.Load(folder);
    }
}
