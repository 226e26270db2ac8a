using Semblance.Tokenizers.Training;

namespace Semblance.Training.Recipes;

/// <summary>A recipe for a tokenizer: the vocabulary that suits its data sets' texts.</summary>
internal static class RecipeVocabulary
{
    /// <summary>Learns the vocabulary and writes the tokenizer's files.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">What the paths of data are relative to.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops it; nothing is written.</param>
    /// <returns>The number of tokens.</returns>
    public static int Learn(RecipeNode recipe, string folder, string output, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var settings = recipe.Only("vocabulary", "output", "datasets").Get("vocabulary").Only("size", "min-frequency", "cased");
        var usual = new WordPieceTrainerOptions();
        var trainer = new WordPieceTrainer(new WordPieceTrainerOptions
        {
            VocabularySize = settings.Find("size")?.Count() ?? usual.VocabularySize,
            MinFrequency = settings.Find("min-frequency")?.Count() ?? usual.MinFrequency,
            LowerCase = !(settings.Find("cased")?.Flag() ?? false),
        });
        foreach (var texts in RecipeTexts.Read(recipe.Get("datasets"), folder))
        {
            trainer.Add(texts, cancellationToken);
        }

        var tokenizer = trainer.TrainTokenizer(progress, cancellationToken);
        tokenizer.Save(output);
        return tokenizer.VocabularySize;
    }
}
