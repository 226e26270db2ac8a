using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Training.WordVectors;

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
        var tokenizer = Tokenizer.Load(settings.Get("tokenizer").Text());
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
        var weights = new SafetensorsWriter();
        weights.Add(Name, vectors);
        ModelFiles.Save(output, folder =>
        {
            tokenizer.Save(folder);
            weights.Save(Path.Combine(folder, File));
        });
        return trainer.Tokens;
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
