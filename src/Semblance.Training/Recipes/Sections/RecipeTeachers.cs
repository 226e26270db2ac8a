using Semblance.Modules;

namespace Semblance.Training.Recipes;

/// <summary>Runs a recipe for the vectors of teachers: <see cref="TeacherVectors"/> of the texts of its data sets.</summary>
internal static class RecipeTeachers
{
    /// <summary>Computes the vectors and writes them; an earlier run in the same folder is continued.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The folder that paths of data are relative to.</param>
    /// <param name="output">The folder to write to.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation. Complete parts remain.</param>
    /// <returns>The number of texts.</returns>
    public static async Task<int> ComputeAsync(
        RecipeNode recipe, string folder, string output, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        recipe.Only("teachers", "dimensions", "seed", "output", "datasets");
        var seed = recipe.Find("seed")?.Number(0, int.MaxValue) ?? 42;
        var teachers = await LoadAsync(recipe.Get("teachers"), cancellationToken).ConfigureAwait(false);
        var options = new TeacherVectorsOptions { Dimensions = recipe.Find("dimensions")?.Count() };
        return await Task.Run(
            () =>
            {
                var texts = recipe.Get("datasets").Items().SelectMany(
                    node => Texts(node, RecipeDataset.Load(node, folder, teachers[0].Model.Tokenizer, seed, [], null, cancellationToken).Rows));
                return TeacherVectors.Compute(output, teachers, texts, options, progress, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
    }

    // The texts of columns whose route is "query" are queries.
    private static IEnumerable<TeacherText> Texts(RecipeNode node, IReadOnlyList<Example> rows)
    {
        bool[] areQueries = [.. node.Find("routes")?.Items().Select(route => route.OneOf(("query", true), ("document", false))) ?? []];
        return rows.SelectMany(row => row.Texts.Select((text, column) => new TeacherText(text, areQueries.ElementAtOrDefault(column))));
    }

    /// <summary>Loads the teachers of a list.</summary>
    public static async Task<IReadOnlyList<Teacher>> LoadAsync(RecipeNode list, CancellationToken cancellationToken)
    {
        var teachers = new List<Teacher>();
        foreach (var node in list.Items())
        {
            teachers.Add(
                await LoadOneAsync(node.Only("model", "weight", "prompt", "query-prompt", "max-length"), cancellationToken).ConfigureAwait(false));
        }

        return teachers;
    }

    private static async Task<Teacher> LoadOneAsync(RecipeNode node, CancellationToken cancellationToken)
    {
        var usual = new Teacher("", null!);
        var name = node.Get("model").Text();
        var folder = await RecipeModel.FolderAsync(node.Get("model"), cancellationToken).ConfigureAwait(false);
        var model = SentenceTransformer.Load(folder!);
        if (node.Find("max-length") is { } length)
        {
            var input = RecipeModel.Shortened((InputModule)model.Modules[0], length);
            model = new SentenceTransformer([input, .. model.Modules.Skip(1)], model.Config);
        }

        return usual with
        {
            Name = name,
            Model = model,
            Weight = node.Find("weight")?.Number(float.Epsilon, 1e6f) ?? usual.Weight,
            Prompt = node.Find("prompt")?.Text() ?? usual.Prompt,
            QueryPrompt = node.Find("query-prompt")?.Text(),
        };
    }
}
