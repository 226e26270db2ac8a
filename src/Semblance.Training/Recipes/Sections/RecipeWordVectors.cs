using System.Numerics.Tensors;
using Semblance.Checkpoints;
using Semblance.Tokenizers;
using Semblance.Training.WordVectors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training.Recipes;

/// <summary>
/// Runs a recipe for word vectors: a vector for each token of a vocabulary, trained on the contexts of tokens in the data sets.
/// </summary>
internal static class RecipeWordVectors
{
    private const string File = "model.safetensors";
    private const string Name = "embedding.weight";

    /// <summary>Trains the vectors and writes them with the tokenizer's files.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The folder that paths of data are relative to.</param>
    /// <param name="output">The folder to write to.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation, before anything is written.</param>
    /// <returns>The number of tokens read.</returns>
    public static int Learn(
        RecipeNode recipe, string folder, string output, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var settings = recipe.Only("word-vectors", "output", "datasets").Get("word-vectors").Only(
            "tokenizer", "dimensions", "window", "seed");
        var tokenizer = Tokenizer.Load(DefaultModel.Resolve(settings.Get("tokenizer").Text()));
        var usual = new WordVectorOptions();
        var trainer = new WordVectorTrainer(tokenizer, usual with
        {
            Dimensions = settings.Find("dimensions")?.Number(1, tokenizer.VocabularySize) ?? usual.Dimensions,
            Window = settings.Find("window")?.Count() ?? usual.Window,
            Seed = settings.Find("seed")?.Number(0, int.MaxValue) ?? usual.Seed,
        });
        foreach (var texts in RecipeTexts.Read(recipe.Get("datasets"), folder))
        {
            trainer.Add(texts, cancellationToken);
        }

        using var vectors = trainer.Train(progress, cancellationToken);
        Save(output, tokenizer, vectors);
        return trainer.Tokens;
    }

    /// <summary>
    /// Writes the vectors of a teacher for each token: its own vector, or the mean of those of its translations in a dictionary.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The folder that paths of data are relative to.</param>
    /// <param name="output">The folder to write to.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The number of tokens with a vector.</returns>
    public static async Task<int> DistillAsync(RecipeNode recipe, string folder, string output, CancellationToken cancellationToken)
    {
        var settings = recipe.Only("word-vectors", "output").Get("word-vectors").Only("tokenizer", "teacher", "teachers", "dictionary");
        var tokenizer = Tokenizer.Load(DefaultModel.Resolve(settings.Get("tokenizer").Text()));
        var teachers = await RecipeTeachers.LoadAsync(settings.Get("teachers"), cancellationToken).ConfigureAwait(false);
        var translations = settings.Find("dictionary")?.Items()
            .SelectMany(node => RecipeTexts.ReadRows(node, folder)).Where(row => row.Texts.Count == 2)
            .ToLookup(row => row.Texts[0], row => row.Texts[1], StringComparer.Ordinal);
        (int Id, string Text)[] texts =
        [
            .. Enumerable.Range(0, tokenizer.VocabularySize)
                .Where(id => tokenizer.Decode([id]).Length > 0) // no special token
                .SelectMany(id => Texts(tokenizer.IdToToken(id)!).Select(text => (id, text))),
        ];
        using var encoded = TeacherVectors.Encode(
            settings.Get("teacher").Text(), teachers, [.. texts.Select(text => text.Text)], cancellationToken);
        using var vectors = Tensor.Zeros(tokenizer.VocabularySize, encoded.Columns);
        for (var i = 0; i < texts.Length; i++)
        {
            var vector = vectors.Writable.Slice(texts[i].Id * encoded.Columns, encoded.Columns);
            TensorPrimitives.Add(vector, encoded.Row(i), vector);
        }

        foreach (var (id, count) in texts.CountBy(text => text.Id))
        {
            var vector = vectors.Writable.Slice(id * encoded.Columns, encoded.Columns);
            TensorPrimitives.Divide(vector, count, vector);
        }

        Save(output, tokenizer, vectors);
        return texts.DistinctBy(text => text.Id).Count();

        IEnumerable<string> Texts(string token) => translations?[token] is { } found && found.Any() ? found : [token];
    }

    private static void Save(string output, Tokenizer tokenizer, Tensor vectors)
    {
        var weights = new SafetensorsWriter();
        weights.Add(Name, vectors);
        ModelFiles.Save(output, folder =>
        {
            tokenizer.Save(folder);
            weights.Save(Path.Combine(folder, File));
        });
    }

    /// <summary>Loads word vectors into the word embeddings of a new model.</summary>
    /// <param name="node">The folder of the word vectors.</param>
    /// <param name="embeddings">
    /// The word embeddings, <c>[vocabulary × dimension]</c>, which are overwritten; a token without a vector keeps its embedding.
    /// </param>
    public static void Load(RecipeNode node, Tensor embeddings)
    {
        var checkpoint = Checkpoint.OpenFile(Path.Combine(node.Text(), File));
        if (!checkpoint.Contains(Name) || !checkpoint.Info(Name).Shape.SequenceEqual(embeddings.Shape.ToArray()))
        {
            throw node.Fault(
                $"{File} in that folder has no '{Name}' of {embeddings.Rows} x {embeddings.Columns}, as the vocabulary and "
                + "the hidden size require.");
        }

        using var vectors = checkpoint.Read(Name);
        for (var row = 0; row < vectors.Rows; row++)
        {
            if (vectors.Row(row).ContainsAnyExcept(0f))
            {
                vectors.Row(row).CopyTo(embeddings.Writable[(row * vectors.Columns)..]);
            }
        }
    }
}
