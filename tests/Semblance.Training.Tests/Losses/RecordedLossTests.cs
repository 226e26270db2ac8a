using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Training.Tests.Losses;

/// <summary>Every loss against values and gradients of the original library.</summary>
public class RecordedLossTests
{
    private static readonly string[] Names =
    [
        "CosineSimilarityLoss", "TripletLoss-cosine", "ContrastiveLoss", "ContrastiveLoss-euclidean",
        "OnlineContrastiveLoss", "MultipleNegativesRankingLoss", "MultipleNegativesRankingLoss-hardneg", "MultipleNegativesRankingLoss-dot",
        "MultipleNegativesSymmetricRankingLoss", "CoSENTLoss", "AnglELoss", "MSELoss", "MarginMSELoss", "MarginMSELoss-multi",
        "DistillKLDivLoss", "DistillKLDivLoss-temperature", "BatchAllTripletLoss", "BatchHardTripletLoss", "BatchHardTripletLoss-cosine",
        "BatchHardSoftMarginTripletLoss", "BatchSemiHardTripletLoss", "MegaBatchMarginLoss",
    ];

    public static TheoryData<string> Recorded => [.. Names];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Value_and_gradients_equal_the_original(string name) => new RecordedLoss(name).Check(Make(name));

    // The recorded version takes the negative of these two distances (pairwise_euclidean_sim and pairwise_manhattan_sim), which draws anchors to
    // negatives. This one does as the paper says, so the columns of positives and negatives change places to compare.
    [Theory]
    [InlineData("TripletLoss")]
    [InlineData("TripletLoss-manhattan")]
    public void Triplets_equal_the_original_but_for_its_sign(string name) => new RecordedLoss(name).Check(Make(name), order: [0, 2, 1]);

    [Theory]
    [InlineData("SoftmaxLoss", Concatenation.Vectors | Concatenation.Difference)]
    [InlineData("SoftmaxLoss-mult", Concatenation.Vectors | Concatenation.Difference | Concatenation.Product)]
    public void A_classifier_with_recorded_weights_equals_the_original(string name, Concatenation concatenation)
    {
        var recorded = new RecordedLoss(name);
        recorded.Check(new SoftmaxLoss(new Linear(recorded.Read("param.classifier.weight"), recorded.Read("param.classifier.bias")), new() { Concatenation = concatenation }));
    }

    [Theory]
    [InlineData("GISTEmbedLoss")]
    [InlineData("GISTEmbedLoss-triplet")]
    [InlineData("GISTEmbedLoss-margin")]
    [InlineData("GISTEmbedLoss-no-contrast")]
    public void Ranking_with_a_guide_equals_the_original(string name)
    {
        var recorded = new RecordedLoss(name);
        using var run = new Computation();
        recorded.Check(Make(name), Guide(run, recorded));
    }

    [Theory]
    [InlineData("MatryoshkaLoss-mnrl")]
    [InlineData("MatryoshkaLoss-cosent")]
    public void Several_lengths_equal_the_original_down_to_the_models_parameters(string name)
    {
        var recorded = new RecordedLoss(name);
        var model = Model();
        using var run = new Computation(recording: true);
        var embeddings = Enumerable.Range(0, recorded.Columns).Select(column => recorded.Encode(run, model, column)).ToArray();
        var loss = Make(name).Forward(run, new LossInput(embeddings, recorded.Labels));
        recorded.CheckValue(loss.Values[0]);
        run.Backward(loss);
        recorded.CheckParameters(model);
    }

    private static Loss Make(string name) => name switch
    {
        "CosineSimilarityLoss" => new CosineSimilarityLoss(),
        "TripletLoss" => new TripletLoss(),
        "TripletLoss-cosine" => new TripletLoss(new() { Metric = DistanceMetric.Cosine, Margin = 0.3f }),
        "TripletLoss-manhattan" => new TripletLoss(new() { Metric = DistanceMetric.Manhattan, Margin = 3 }),
        "ContrastiveLoss" => new ContrastiveLoss(),
        "ContrastiveLoss-euclidean" => new ContrastiveLoss(new() { Metric = DistanceMetric.Euclidean, Margin = 4, Average = false }),
        "OnlineContrastiveLoss" => new OnlineContrastiveLoss(),
        "MultipleNegativesRankingLoss" or "MultipleNegativesRankingLoss-hardneg" => new MultipleNegativesRankingLoss(),
        "MultipleNegativesRankingLoss-dot" => new MultipleNegativesRankingLoss(new() { Scale = 1, Similarity = SimilarityFunction.DotProduct }),
        "MultipleNegativesSymmetricRankingLoss" => new MultipleNegativesSymmetricRankingLoss(),
        "CoSENTLoss" => new CoSENTLoss(),
        "AnglELoss" => new AnglELoss(),
        "MSELoss" => new MSELoss(),
        "MarginMSELoss" or "MarginMSELoss-multi" => new MarginMSELoss(),
        "DistillKLDivLoss" => new DistillKLDivLoss(),
        "DistillKLDivLoss-temperature" => new DistillKLDivLoss(new() { Temperature = 2 }),
        "BatchAllTripletLoss" => new BatchAllTripletLoss(),
        "BatchHardTripletLoss" => new BatchHardTripletLoss(),
        "BatchHardTripletLoss-cosine" => new BatchHardTripletLoss(new() { Metric = DistanceMetric.Cosine, Margin = 0.4f }),
        "BatchHardSoftMarginTripletLoss" => new BatchHardSoftMarginTripletLoss(),
        "BatchSemiHardTripletLoss" => new BatchSemiHardTripletLoss(),
        "MegaBatchMarginLoss" => new MegaBatchMarginLoss(),
        "GISTEmbedLoss" => new GISTEmbedLoss(),
        "GISTEmbedLoss-triplet" => new GISTEmbedLoss(new() { Temperature = 0.05f }),
        "GISTEmbedLoss-margin" => new GISTEmbedLoss(new() { Temperature = 0.05f, MarginStrategy = MarginStrategy.Relative, Margin = 0.05f }),
        "GISTEmbedLoss-no-contrast" => new GISTEmbedLoss(new() { Temperature = 0.05f, ContrastAnchors = false, ContrastPositives = false }),
        "MatryoshkaLoss-mnrl" => new MatryoshkaLoss(new MultipleNegativesRankingLoss(), new() { Dimensions = [32, 16, 8] }),
        "MatryoshkaLoss-cosent" => new MatryoshkaLoss(new CoSENTLoss(), new() { Dimensions = [32, 8], Weights = [1, 0.5f] }),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Transformer Model()
    {
        var model = Transformer.Load(Fixtures.Own("losses/model"));
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        return model;
    }

    private static Tensor[] Guide(Computation run, RecordedLoss recorded)
    {
        var guide = Transformer.Load(Fixtures.Own("losses/guide"));
        return [.. Enumerable.Range(0, recorded.Columns).Select(column => recorded.Encode(run, guide, column))];
    }
}
