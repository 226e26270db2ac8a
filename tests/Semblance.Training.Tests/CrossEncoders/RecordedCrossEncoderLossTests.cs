using Semblance.Training.CrossEncoders;
using PairMarginMSELoss = Semblance.Training.CrossEncoders.MarginMSELoss;
using PairMSELoss = Semblance.Training.CrossEncoders.MSELoss;

namespace Semblance.Training.Tests.CrossEncoders;

/// <summary>The losses of cross-encoders against values and gradients of the original library, from texts on.</summary>
public class RecordedCrossEncoderLossTests
{
    private const string Folder = "losses/cross-encoder";

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    public void Value_and_gradients_equal_the_original_at_once_and_in_parts(int? miniBatchSize) =>
        Check(new RecordedCrossEncoderLoss(Fixtures.Own(Folder), "LambdaLoss"), new LambdaLoss(new() { MiniBatchSize = miniBatchSize }));

    [Theory]
    [InlineData("BinaryCrossEntropyLoss")]
    [InlineData("CrossEntropyLoss")]
    [InlineData("MSELoss")]
    [InlineData("MarginMSELoss")]
    [InlineData("LambdaLoss")]
    [InlineData("ListNetLoss")]
    [InlineData("ListMLELoss")]
    [InlineData("PListMLELoss")]
    [InlineData("RankNetLoss")]
    public void Every_recorded_loss_equals_the_original(string name) => Check(new RecordedCrossEncoderLoss(Fixtures.Own(Folder), name), Make(name));

    [Fact]
    public void Every_recorded_loss_is_tested() =>
        FixtureFolders.Of(Folder).Where(folder => !folder.StartsWith("model-", StringComparison.Ordinal)).Except(FixtureFolders.ArgumentsOf(nameof(Every_recorded_loss_equals_the_original))).ShouldBeEmpty();

    private static void Check(RecordedCrossEncoderLoss recorded, CrossEncoderLoss loss) =>
        recorded.Check(loss.Backward(new TrainingBatch(recorded.Model, recorded.Rows)));

    private static CrossEncoderLoss Make(string name) => name switch
    {
        "BinaryCrossEntropyLoss" => new BinaryCrossEntropyLoss(),
        "CrossEntropyLoss" => new CrossEntropyLoss(),
        "MSELoss" => new PairMSELoss(),
        "MarginMSELoss" => new PairMarginMSELoss(),
        "LambdaLoss" => new LambdaLoss(),
        "ListNetLoss" => new ListNetLoss(),
        "ListMLELoss" => new ListMLELoss(),
        "PListMLELoss" => new PListMLELoss(),
        "RankNetLoss" => new RankNetLoss(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
