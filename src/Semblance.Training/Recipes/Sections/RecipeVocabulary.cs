using Semblance.Tokenizers;
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
        var settings = recipe.Only("vocabulary", "output", "datasets").Get("vocabulary").Only("size", "min-frequency", "cased", "words", "words-size");
        var usual = new WordPieceTrainerOptions();
        var options = new WordPieceTrainerOptions
        {
            VocabularySize = settings.Find("size")?.Count() ?? usual.VocabularySize,
            MinFrequency = settings.Find("min-frequency")?.Count() ?? usual.MinFrequency,
            LowerCase = !(settings.Find("cased")?.Flag() ?? false),
        };
        var texts = RecipeTexts.Read(recipe.Get("datasets"), folder);
        var tokenizer = settings.Find("words") is { } words
            ? Unigram(RecipeTexts.Read(words, folder).SelectMany(word => word))
            : WordPiece();
        tokenizer.Save(output);
        return tokenizer.VocabularySize;

        Tokenizer WordPiece()
        {
            var trainer = new WordPieceTrainer(options);
            foreach (var file in texts)
            {
                trainer.Add(file, cancellationToken);
            }

            return trainer.TrainTokenizer(progress, cancellationToken);
        }

        Tokenizer Unigram(IEnumerable<string> dictionary)
        {
            var trainer = new UnigramTrainer(dictionary, options, settings.Find("words-size")?.Count());
            foreach (var file in texts)
            {
                trainer.Add(file, cancellationToken);
            }

            return trainer.TrainTokenizer(progress, cancellationToken);
        }
    }
}
