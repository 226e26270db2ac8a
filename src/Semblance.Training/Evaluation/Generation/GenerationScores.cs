using System.Text;

namespace Semblance.Training;

/// <summary>Computes the usual metrics of generated texts.</summary>
public static class GenerationScores
{
    /// <summary>Computes ROUGE, chrF and BLEU of texts.</summary>
    /// <param name="predictions">The generated texts.</param>
    /// <param name="references">The references of each text.</param>
    /// <param name="rouge">The settings of ROUGE; <see langword="null"/> for words without stemming.</param>
    /// <returns>
    /// <c>rouge1</c>, <c>rouge2</c>, <c>rougeL</c> and <c>rougeLsum</c>, the means of the F-measures with the best reference;
    /// <c>chrf</c> and <c>bleu</c> of the corpus. All are from 0 to 1, a hundredth of what sacreBLEU prints. BLEU takes Chinese characters
    /// as tokens if a reference has one.
    /// </returns>
    /// <exception cref="ArgumentException">The lists are empty or have different lengths, or a text has no reference.</exception>
    public static IReadOnlyDictionary<string, double> Of(
        IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references, Rouge? rouge = null)
    {
        ThrowIfUnfit(predictions, references);
        rouge ??= new Rouge();
        var isChinese = references.Any(texts => texts.Any(text => text.EnumerateRunes().Any(IsChinese)));
        return new OrderedDictionary<string, double>
        {
            ["rouge1"] = Mean((one, other) => rouge.OfNGrams(one, other, 1)),
            ["rouge2"] = Mean((one, other) => rouge.OfNGrams(one, other, 2)),
            ["rougeL"] = Mean(rouge.OfSubsequence),
            ["rougeLsum"] = Mean(rouge.OfSummary),
            ["chrf"] = new ChrF().OfCorpus(predictions, references) / 100,
            ["bleu"] = new Bleu(isChinese ? BleuTokenizer.Chinese : BleuTokenizer.Standard).OfCorpus(predictions, references) / 100,
        };

        double Mean(Func<string, string, RougeScore> score) => predictions.Zip(
            references, (prediction, texts) => texts.Max(text => score(prediction, text).FMeasure)).Average();
    }

    internal static void ThrowIfUnfit(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        if (predictions.Count != references.Count || predictions.Count == 0)
        {
            throw new ArgumentException(
                $"There are {predictions.Count} texts, and references for {references.Count}; each text needs at least one.",
                nameof(references));
        }

        if (references.Any(texts => texts.Count == 0))
        {
            throw new ArgumentException("There is no reference for one of the texts.", nameof(references));
        }
    }

    private static bool IsChinese(Rune rune) => rune.Value is >= 0x4E00 and <= 0x9FFF;
}
