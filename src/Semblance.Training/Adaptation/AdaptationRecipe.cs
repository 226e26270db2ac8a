using System.Globalization;

namespace Semblance.Training;

/// <summary>Writes the recipe of a method of <see cref="DomainAdaptation"/>, which can be run again on its own.</summary>
internal static class AdaptationRecipe
{
    private const int MostSteps = 1000;
    private const int MostEpochs = 3;
    private const int Evaluations = 10; // during training

    /// <summary>Returns the name of a method, as in the command line.</summary>
    public static string NameOf(AdaptationMethod method) => method switch
    {
        AdaptationMethod.MaskedWords => "masked-words",
        AdaptationMethod.Tsdae => "tsdae",
        AdaptationMethod.SimCse => "simcse",
        AdaptationMethod.Pairs => "pairs",
        _ => "gpl",
    };

    /// <summary>Returns the recipe.</summary>
    /// <param name="method">The method.</param>
    /// <param name="model">The folder or Hub id of the model that is trained.</param>
    /// <param name="output">The folder of the trained model.</param>
    /// <param name="data">The file of the texts or rows, in the folder of the data.</param>
    /// <param name="rows">The number of sentences or rows in it.</param>
    /// <param name="similarity">The similarity function of the model.</param>
    /// <param name="options">The options of the adaptation.</param>
    /// <param name="isLast"><see langword="true"/> if no method follows, so that the best model is kept and not the last one.</param>
    public static string Text(
        AdaptationMethod method, string model, string output, string data, int rows, SimilarityFunction similarity,
        DomainAdaptationOptions options, bool isLast)
    {
        var (batch, rate, dataset) = method switch
        {
            AdaptationMethod.MaskedWords => (64, 1e-4,
                """
                    form: running-text
                    max-tokens: 128
                    batch-tokens: 4096
                    loss: MaskedLanguageModelLoss
                """),
            AdaptationMethod.Tsdae => (16, 3e-5,
                """
                    form: sentences-of-documents
                    batch-size: 16
                    loss: DenoisingAutoEncoderLoss
                """),
            AdaptationMethod.SimCse => (64, 3e-5,
                """
                    form: twins-of-documents
                    batch-size: 64
                    sampler: no-duplicates
                    loss: MultipleNegativesRankingLoss
                """),
            AdaptationMethod.Pairs => (64, 5e-5,
                """
                    texts: [query, positive, negative]
                    batch-size: 64
                    sampler: no-duplicates
                    loss: MultipleNegativesRankingLoss
                """),
            _ => (32, 5e-5,
                $$"""
                    texts: [query, positive, negative]
                    targets: [margin]
                    batch-size: 32
                    loss: { MarginMSELoss: { similarity: {{(similarity == SimilarityFunction.DotProduct ? "dot" : "cosine")}} } }
                """),
        };
        var steps = options.Steps ?? Math.Clamp(rows * (long)MostEpochs / batch, 1, MostSteps);
        var dropout = method == AdaptationMethod.SimCse ? "dropout: 0.1 # the only difference between the two texts of a pair\n" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # Domain adaptation by the method {{NameOf(method)}}. Run it again with
            #   semblance train RECIPE --data FOLDER --output NEW
            # where FOLDER is the one with this recipe.
            model: {{ReportText.Literal(model)}}
            output: {{ReportText.Literal(output)}}
            seed: {{options.Seed}}
            datasets:
              - name: domain
                files: {{data}}
            {{dataset}}
            steps: {{steps}}
            rate: {{options.Rate ?? rate}}
            {{dropout}}evaluate:
              every: {{Math.Max(1, steps / Evaluations)}}
              on:
            {{AdaptationPairs.Settings}}
            keep: {{(isLast ? "best" : "last")}}
            card: { name: {{ReportText.Literal(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Output))))}} }

            """);
    }
}
