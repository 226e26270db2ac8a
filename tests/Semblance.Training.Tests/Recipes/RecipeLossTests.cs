using System.Collections;
using System.Globalization;
using System.Reflection;
using Semblance.Tensors;
using Semblance.Training.CrossEncoders;
using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

/// <summary>A loss without settings is the class's own, whose defaults are those of sentence-transformers 6.1.</summary>
public sealed class RecipeLossTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // By loss, the settings of the original where they have a value that is not "none", under the names that they have here.
    private static readonly Dictionary<string, string> Original = new(StringComparer.Ordinal)
    {
        ["SoftmaxLoss"] = "Concatenation=Vectors, Difference",
        ["CosineSimilarityLoss"] = "",
        ["TripletLoss"] = "Metric=Euclidean; Margin=5",
        ["ContrastiveLoss"] = "Metric=Cosine; Margin=0.5; Average=True",
        ["OnlineContrastiveLoss"] = "Metric=Cosine; Margin=0.5",
        ["MultipleNegativesRankingLoss"] = "Scale=20; Similarity=Cosine; Directions=QueryToDocument; PartitionMode=Joint; HardnessStrength=0",
        ["MultipleNegativesSymmetricRankingLoss"] = "Scale=20; Similarity=Cosine; Directions=QueryToDocument, DocumentToQuery; PartitionMode=PerDirection; HardnessStrength=0",
        ["GISTEmbedLoss"] = "Temperature=0.01; MarginStrategy=Absolute; Margin=0; ContrastAnchors=True; ContrastPositives=True",
        ["MegaBatchMarginLoss"] = "PositiveMargin=0.8; NegativeMargin=0.3",
        ["BatchAllTripletLoss"] = "Metric=Euclidean; Margin=5",
        ["BatchHardTripletLoss"] = "Metric=Euclidean; Margin=5",
        ["BatchSemiHardTripletLoss"] = "Metric=Euclidean; Margin=5",
        ["BatchHardSoftMarginTripletLoss"] = "Metric=Euclidean",
        ["CoSENTLoss"] = "Scale=20; Similarity=Cosine",
        ["AnglELoss"] = "Scale=20",
        ["MSELoss"] = "Distance=MeanSquaredError",
        ["EmbedDistillLoss"] = "Distance=Cosine",
        ["SimilarityDistillLoss"] = "Distance=KullbackLeibler; Temperature=0.05; Targets=Shared", // not in the original
        ["GlobalOrthogonalRegularizationLoss"] = "Similarity=Cosine; MeanWeight=1; SecondMomentWeight=1; Aggregation=Mean",
        ["MarginMSELoss"] = "Similarity=DotProduct",
        ["DistillKLDivLoss"] = "Similarity=DotProduct; Temperature=1",
        ["ContrastiveTensionLoss"] = "",
        ["ContrastiveTensionInBatchNegativesLoss"] = "Scale=20; Similarity=Cosine",
        ["CachedMultipleNegativesRankingLoss"] = "Inner.Scale=20; Inner.Similarity=Cosine; Inner.Directions=QueryToDocument; Inner.PartitionMode=Joint; Inner.HardnessStrength=0; MiniBatchTokens=8192",
        ["CachedMultipleNegativesSymmetricRankingLoss"] =
            "Inner.Scale=20; Inner.Similarity=Cosine; Inner.Directions=QueryToDocument, DocumentToQuery; Inner.PartitionMode=PerDirection; Inner.HardnessStrength=0; MiniBatchTokens=8192",
        ["CachedGISTEmbedLoss"] = "Inner.Temperature=0.01; Inner.MarginStrategy=Absolute; Inner.Margin=0; Inner.ContrastAnchors=True; Inner.ContrastPositives=True; MiniBatchTokens=8192",
        ["CachedMegaBatchMarginLoss"] = "Inner.PositiveMargin=0.8; Inner.NegativeMargin=0.3; MiniBatchTokens=8192",
        ["DenoisingAutoEncoderLoss"] = "",
        ["MaskedLanguageModelLoss"] = "",
        ["AdaptiveLayerLoss"] = "LayersPerStep=1; LastLayerWeight=1; PriorLayersWeight=1; DivergenceWeight=1; DivergenceTemperature=0.3; LayerWeighting=Uniform; Inner.Scale=20; Inner.Similarity=Cosine",
        ["MatryoshkaLoss"] = "Dimensions=8,4; Inner.Scale=20; Inner.Similarity=Cosine",
        ["WeightedSumLoss"] = "0.Scale=20; 0.Similarity=Cosine; 1.Scale=20", // not in the original
        ["SparseMultipleNegativesRankingLoss"] = "Scale=1; Similarity=DotProduct; Directions=QueryToDocument; PartitionMode=Joint; HardnessStrength=0",
        ["FlopsLoss"] = "",
        ["SpladeLoss"] = "DocumentWeight=3E-05; DocumentsOnly=False; Warmup=Quadratic; WarmupRatio=0.33333334; Inner.Scale=1; Inner.Similarity=DotProduct; Inner.Directions=QueryToDocument; Inner.PartitionMode=Joint; Inner.HardnessStrength=0",
        ["CachedSpladeLoss"] = "Inner.DocumentWeight=3E-05; Inner.DocumentsOnly=False; Inner.Warmup=Quadratic; Inner.WarmupRatio=0.33333334; "
            + "Inner.Inner.Scale=1; Inner.Inner.Similarity=DotProduct; Inner.Inner.Directions=QueryToDocument; Inner.Inner.PartitionMode=Joint; Inner.Inner.HardnessStrength=0; MiniBatchTokens=8192",
        ["CSRLoss"] = "AuxiliaryWeight=0.1; Gamma=1; Inner.Scale=1; Inner.Similarity=DotProduct; Inner.Directions=QueryToDocument; Inner.PartitionMode=Joint; Inner.HardnessStrength=0",
        ["CSRReconstructionLoss"] = "",
        ["SparseMarginMSELoss"] = "Similarity=DotProduct",
        ["SparseDistillKLDivLoss"] = "Similarity=DotProduct; Temperature=2",
        ["SparseTripletLoss"] = "Metric=Euclidean; Margin=5",
        ["SparseCosineSimilarityLoss"] = "",
        ["SparseCoSENTLoss"] = "Scale=20; Similarity=Cosine",
        ["SparseAnglELoss"] = "Scale=20",
        ["SparseMSELoss"] = "Distance=MeanSquaredError",
        ["Matryoshka2dLoss"] = "LayersPerStep=1; LastLayerWeight=1; PriorLayersWeight=1; DivergenceWeight=1; DivergenceTemperature=0.3; LayerWeighting=Uniform; "
            + "Dimensions=8,4; DimensionsPerStep=1; Inner.Dimensions=8,4; Inner.DimensionsPerStep=1; Inner.Inner.Scale=20; Inner.Inner.Similarity=Cosine",
    };

    private static readonly Dictionary<string, string> OriginalOfCrossEncoders = new(StringComparer.Ordinal)
    {
        ["BinaryCrossEntropyLoss"] = "PositiveWeight=1",
        ["CrossEntropyLoss"] = "",
        ["MSELoss"] = "",
        ["MarginMSELoss"] = "",
        ["MultipleNegativesRankingLoss"] = "Negatives=4; Scale=10; Activation=Sigmoid",
        ["CachedMultipleNegativesRankingLoss"] = "Negatives=4; Scale=10; Activation=Sigmoid; MiniBatchSize=32",
        ["LambdaLoss"] = "Weighting=NDCGLoss2PP; Mu=10; Sigma=1; NaturalLogarithm=False",
        ["RankNetLoss"] = "Weighting=None; Mu=10; Sigma=1; NaturalLogarithm=False",
        ["ListNetLoss"] = "",
        ["ListMLELoss"] = "RespectInputOrder=True",
        ["PListMLELoss"] = "RespectInputOrder=True",
        ["ADRMSELoss"] = "Temperature=1",
    };

    // Without the one that another test registers.
    private static IEnumerable<string> Sentences => LossRegistry.Names(ModelOutputKind.SentenceEmbeddings).Except(["HingeLoss", .. Wrappers]);

    // Names of the original for sparse vectors whose computation is that of the dense loss.
    private static readonly string[] NamesOfDenseLosses =
    [
        "SparseMarginMSELoss", "SparseDistillKLDivLoss", "SparseTripletLoss", "SparseCosineSimilarityLoss", "SparseCoSENTLoss", "SparseAnglELoss", "SparseMSELoss",
    ];

    // Losses around others, of any output.
    private static readonly string[] Wrappers = ["AdversarialLoss", "RDropLoss"];

    public static TheoryData<string> Names => [.. Sentences];

    public static TheoryData<string> NamesOfCrossEncoders => [.. LossRegistry.Names(ModelOutputKind.Logits).Except(Wrappers)];

    private static CrossEncoder Pairs { get; } = CrossEncoder.LoadTrainable(Fixtures.Own("losses/cross-encoder/model-1"));

    private static SentenceTransformer Model { get; } = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loss_without_settings_has_the_defaults_of_its_class_and_of_the_original(string name)
    {
        var settings = name switch
        {
            "GISTEmbedLoss" or "CachedGISTEmbedLoss" => $"{{ guide: '{Fixtures.Own("losses/model")}' }}",
            "MatryoshkaLoss" or "Matryoshka2dLoss" => "{ loss: CoSENTLoss, dimensions: [8, 4] }",
            "AdaptiveLayerLoss" => "{ loss: CoSENTLoss }",
            "WeightedSumLoss" => "{ losses: [CoSENTLoss, AnglELoss] }",
            "SpladeLoss" or "CachedSpladeLoss" => "{ document-weight: 3e-5 }",
            _ => null,
        };
        Settings(Create(settings is null ? name : $"{{ {name}: {settings} }}")).ShouldBe(Sorted(Original[name]));
    }

    [Theory]
    [MemberData(nameof(NamesOfCrossEncoders))]
    public void A_loss_of_cross_encoders_without_settings_has_the_defaults_of_its_class_and_of_the_original(string name)
    {
        var loss = LossRegistry.Create(Node(name), new LossContext(Pairs, null, 3, 1));
        Settings(loss).ShouldBe(Sorted(OriginalOfCrossEncoders[name]));
        loss.GetType().Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("MultiVectorMultipleNegativesRankingLoss", "Scale=1")]
    [InlineData("{ MultiVectorMultipleNegativesRankingLoss: { scale: 2 } }", "Scale=2")]
    [InlineData("MultiVectorDistillKLDivLoss", "Temperature=1; NormalizeScores=True")]
    [InlineData("{ MultiVectorDistillKLDivLoss: { temperature: 2, student-temperature: 3, teacher-temperature: 4, normalize-scores: false } }",
        "Temperature=2; StudentTemperature=3; TeacherTemperature=4; NormalizeScores=False")]
    [InlineData("{ MultiVectorSimilarityDistillLoss: { temperature: 0.1, student-temperature: 3 } }", "Temperature=0.1; StudentTemperature=3")]
    public void Settings_reach_a_loss_of_multi_vector_encoders(string recipe, string settings) =>
        Settings(LossRegistry.Create(Node(recipe), new LossContext(MultiVectorEncoder.Of(Model), null, 3, 1))).ShouldBe(Sorted(settings));

    [Fact]
    public void Every_loss_has_a_name_in_recipes()
    {
        var classes = typeof(Objective).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Objective)) && !type.IsAbstract && type != typeof(GradientCache) && !Wrappers.Contains(type.Name)).ToLookup(Kind, type => type.Name);
        classes[ModelOutputKind.TokenEmbeddings].Order().ShouldBe(LossRegistry.Names(ModelOutputKind.TokenEmbeddings).Except(Wrappers).Order());
        classes[ModelOutputKind.SentenceEmbeddings].Order().ShouldBe(Sentences.Except(NamesOfDenseLosses).Order());
        classes[ModelOutputKind.Logits].Order().ShouldBe(LossRegistry.Names(ModelOutputKind.Logits).Except(Wrappers).Order());
        Original.Keys.Order().ShouldBe(Sentences.Order());
        OriginalOfCrossEncoders.Keys.Order().ShouldBe(LossRegistry.Names(ModelOutputKind.Logits).Except(Wrappers).Order());
    }

    [Theory]
    [InlineData("{ AdversarialLoss: { loss: CoSENTLoss } }", "Method=FastGradient; Epsilon=1; StepSize=0.3; Steps=3; Inner.Scale=20; Inner.Similarity=Cosine")]
    [InlineData("{ AdversarialLoss: { loss: AnglELoss, method: freelb, epsilon: 0.5, step-size: 0.1, steps: 2 } }", "Method=FreeLargeBatch; Epsilon=0.5; StepSize=0.1; Steps=2; Inner.Scale=20")]
    public void A_loss_is_wrapped_for_adversarial_training(string recipe, string settings) => Settings(Create(recipe)).ShouldBe(Sorted(settings));

    [Fact]
    public void A_loss_of_classes_is_wrapped_for_two_dropout_masks() =>
        Settings(LossRegistry.Create(Node("{ RDropLoss: { loss: CrossEntropyLoss, alpha: 4 } }"), new LossContext(Pairs, null, 3, 1))).ShouldBe(Sorted("Alpha=4"));

    [Theory]
    [InlineData("{ TripletLoss: { distance: cosine, margin: 0.3 } }", "Metric=Cosine; Margin=0.3")]
    [InlineData("{ ContrastiveLoss: { average: false } }", "Metric=Cosine; Margin=0.5; Average=False")]
    [InlineData("{ MultipleNegativesRankingLoss: { scale: 30, directions: [query-to-document, query-to-query], hardness: hard-negatives, hardness-strength: 5 } }",
        "Scale=30; Similarity=Cosine; Directions=QueryToDocument, QueryToQuery; PartitionMode=Joint; HardnessMode=HardNegatives; HardnessStrength=5")]
    [InlineData("{ CachedMultipleNegativesRankingLoss: { directions: [query-to-document, document-to-query], partition: per-direction, mini-batch-tokens: 99 } }",
        "Inner.Scale=20; Inner.Similarity=Cosine; Inner.Directions=QueryToDocument, DocumentToQuery; Inner.PartitionMode=PerDirection; Inner.HardnessStrength=0; MiniBatchTokens=99")]
    [InlineData("{ MegaBatchMarginLoss: { positive-margin: 0.9 } }", "PositiveMargin=0.9; NegativeMargin=0.3")]
    [InlineData("{ DistillKLDivLoss: { temperature: 2, teacher-temperature: 20 } }", "Similarity=DotProduct; Temperature=2; TeacherTemperature=20")]
    [InlineData("{ EmbedDistillLoss: { distance: euclidean } }", "Distance=Euclidean")]
    [InlineData("{ GlobalOrthogonalRegularizationLoss: { mean-weight: 0, aggregation: sum } }", "Similarity=Cosine; MeanWeight=0; SecondMomentWeight=1; Aggregation=Sum")]
    [InlineData("{ AdaptiveLayerLoss: { loss: AnglELoss, layers-per-step: all, layer-weighting: log, divergence-weight: 0.5 } }",
        "LastLayerWeight=1; PriorLayersWeight=1; DivergenceWeight=0.5; DivergenceTemperature=0.3; LayerWeighting=Log; Inner.Scale=20")]
    [InlineData("{ MatryoshkaLoss: { loss: { CachedMegaBatchMarginLoss: { mini-batch-tokens: 7 } }, dimensions: [8, 4], weights: [1, 0.5], dimensions-per-step: 1 } }",
        "Inner.Dimensions=8,4; Inner.Weights=1,0.5; Inner.DimensionsPerStep=1; Inner.Inner.PositiveMargin=0.8; Inner.Inner.NegativeMargin=0.3; MiniBatchTokens=7")]
    [InlineData("{ SimilarityDistillLoss: { distance: mse, targets: each } }", "Distance=MeanSquaredError; Temperature=0.05; Targets=Each")]
    [InlineData("{ SimilarityDistillLoss: { distance: kl, temperature: 0.1, targets: shared } }", "Distance=KullbackLeibler; Temperature=0.1; Targets=Shared")]
    [InlineData("{ WeightedSumLoss: { losses: [{ EmbedDistillLoss: {} }, { SimilarityDistillLoss: {} }], weights: [1, 0.5] } }",
        "Weights=1,0.5; 0.Distance=Cosine; 1.Distance=KullbackLeibler; 1.Temperature=0.05; 1.Targets=Shared")]
    [InlineData("{ WeightedSumLoss: { losses: [{ CachedMegaBatchMarginLoss: { mini-batch-tokens: 7 } }, AnglELoss, CachedMultipleNegativesSymmetricRankingLoss] } }",
        "Inner.0.PositiveMargin=0.8; Inner.0.NegativeMargin=0.3; Inner.1.Scale=20; "
            + "Inner.2.Scale=20; Inner.2.Similarity=Cosine; Inner.2.Directions=QueryToDocument, DocumentToQuery; Inner.2.PartitionMode=PerDirection; Inner.2.HardnessStrength=0; MiniBatchTokens=7")]
    public void Settings_reach_the_loss(string recipe, string settings) => Settings(Create(recipe)).ShouldBe(Sorted(settings));

    [Theory]
    [InlineData("{ MultipleNegativesRankingLoss: { directions: query-to-query } }", "QueryToDocument, which has the positive, must be among them")]
    [InlineData("{ MultipleNegativesRankingLoss: { hardness: all-negatives } }", "go together")]
    [InlineData("{ MatryoshkaLoss: { loss: CoSENTLoss, dimensions: [8, 4], weights: [1] } }", "1 weights do not fit 2 dimensions")]
    [InlineData("{ MatryoshkaLoss: { loss: DenoisingAutoEncoderLoss, dimensions: [8] } }", "DenoisingAutoEncoderLoss is not")]
    [InlineData("{ WeightedSumLoss: { losses: [CoSENTLoss, AnglELoss], weights: [1] } }", "1 weights do not fit 2 losses")]
    [InlineData("{ WeightedSumLoss: { losses: [CoSENTLoss, { AdaptiveLayerLoss: { loss: AnglELoss } }] } }", "AdaptiveLayerLoss is not")]
    [InlineData("{ WeightedSumLoss: { losses: [] } }", "at least one loss")]
    [InlineData("{ WeightedSumLoss: { weights: [1] } }", "lacks 'losses'")]
    [InlineData("{ SimilarityDistillLoss: { targets: both } }", "it can be shared, each")]
    [InlineData("{ TripletLoss: { triplet-margin: 1 } }", "has no setting 'triplet-margin'")]
    public void Settings_that_cannot_be_are_named_with_their_line(string recipe, string message)
    {
        var fault = Should.Throw<RecipeException>(() => Create(recipe));
        fault.Message.ShouldContain(message);
        fault.Message.ShouldContain("1");
    }

    private Objective Create(string recipe) => LossRegistry.Create(Node(recipe), new LossContext(Model, null, 3, 1));

    private RecipeNode Node(string recipe)
    {
        var path = Path.Combine(_folder.Path, "recipe.yaml");
        File.WriteAllText(path, $"loss: {recipe}\n");
        return RecipeNode.Parse(RecipeNode.ReadText(path), path).Get("loss");
    }

    // The public settings that are not null, those of a wrapped loss with "Inner." before them and those of a sum with their place, in the order of their names.
    private static string[] Settings(Objective loss) => [.. Values(loss, "").Order(StringComparer.Ordinal)];

    private static string[] Sorted(string settings) => [.. settings.Split("; ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Values(Objective loss, string prefix)
    {
        // Settings of the class, not what was computed of them.
        string[] others = [nameof(PListMLELossSettings.Weights), nameof(SoftmaxLossSettings.Seed), nameof(GISTEmbedLossSettings.Guide)];
        object settings = loss.GetType().GetProperty("Settings")?.GetValue(loss) ?? loss;
        string[] known = settings is Objective ? [nameof(GradientCache.MiniBatchTokens)] : [.. settings.GetType().GetProperties().Select(property => property.Name)];
        var own = settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => known.Contains(property.Name) && (!others.Contains(property.Name) || (property.Name == "Weights" && loss is not PListMLELoss)))
            .Select(property => (property.Name, Text: Text(property.GetValue(settings))))
            .Where(setting => setting.Text.Length > 0)
            .Select(setting => $"{prefix}{setting.Name}={setting.Text}");
        var parts = loss is WeightedSumLoss sum ? sum.Losses.SelectMany((part, i) => Values(part, $"{prefix}{i}.")) : [];
        return [.. own, .. parts, .. loss.Inner is null ? [] : Values(loss.Inner, prefix + "Inner.")];
    }

    private static ModelOutputKind Kind(Type type) => type.IsSubclassOf(typeof(CrossEncoderLoss)) ? ModelOutputKind.Logits
        : type == typeof(TextClassificationLoss) ? ModelOutputKind.TextLogits
        : type == typeof(TokenClassificationLoss) ? ModelOutputKind.TokenLogits
        : type == typeof(QuestionAnsweringLoss) ? ModelOutputKind.SpanLogits
        : type == typeof(SequenceToSequenceLoss) ? ModelOutputKind.SequenceLogits
        : type.IsSubclassOf(typeof(MultiVectorLoss)) ? ModelOutputKind.TokenEmbeddings : ModelOutputKind.SentenceEmbeddings;

    private static string Text(object? value) => value switch
    {
        Linear or SentenceTransformer or Delegate => "",
        string text => text,
        Enum or bool or IFormattable => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        IEnumerable items => string.Join(',', items.Cast<object>().Select(Text)),
        _ => "",
    };
}
