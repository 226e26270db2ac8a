using Semblance.Tokenizers.Training;

namespace Semblance.Training.Recipes;

/// <summary>Runs a recipe for a tokenizer, whose vocabulary is trained on the texts of its data sets.</summary>
internal static class RecipeVocabulary
{
    /// <summary>Trains the vocabulary and writes the tokenizer's files.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The folder that paths of data are relative to.</param>
    /// <param name="output">The folder to write to.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation, before anything is written.</param>
    /// <returns>The number of tokens.</returns>
    public static int Learn(
        RecipeNode recipe, string folder, string output, IProgress<double>? progress, CancellationToken cancellationToken)
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
