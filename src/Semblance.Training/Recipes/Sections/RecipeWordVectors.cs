using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Training.WordVectors;

namespace Semblance.Training.Recipes;

/// <summary>A recipe for word vectors: a vector for each token of a vocabulary, learned from its neighbours in the data sets' texts.</summary>
internal static class RecipeWordVectors
{
    private const string File = "model.safetensors";
    private const string Name = "embedding.weight";

    /// <summary>Learns the vectors and writes them with the tokenizer's files.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">What the paths of data are relative to.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops it; nothing is written.</param>
    /// <returns>The number of tokens read.</returns>
    public static int Learn(RecipeNode recipe, string folder, string output, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var settings = recipe.Only("word-vectors", "output", "datasets").Get("word-vectors").Only("tokenizer", "dimensions", "window", "seed");
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

    /// <summary>Puts the vectors of a folder in a new model's place of words.</summary>
    /// <param name="node">The folder.</param>
    /// <param name="embeddings"><c>[vocabulary × width]</c>, overwritten; a token without a vector keeps the value it has.</param>
    public static void Load(RecipeNode node, Tensor embeddings)
    {
        var checkpoint = Checkpoint.OpenFile(Path.Combine(node.Text(), File));
        if (!checkpoint.Contains(Name) || !checkpoint.Info(Name).Shape.SequenceEqual(embeddings.Shape.ToArray()))
        {
            throw node.Fault($"{File} there has no '{Name}' of {embeddings.Rows} x {embeddings.Columns}, which the vocabulary and the hidden size ask for.");
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
