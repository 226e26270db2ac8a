using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training.Tests.Tasks;

/// <summary>The losses of task models against finite differences and hand-computed values.</summary>
public class TaskLossTests
{
    private const float Step = 1e-3f;

    private static readonly TransformerModule Input = (TransformerModule)SentenceTransformer.LoadTrainable(Fixtures.Own("st/mean-normalize")).Modules[0];

    private static readonly Example[] Labeled = [new(["a man"], Label: 2), new(["a"], Label: 0), new(["b"], Label: 1)];
    private static readonly Example[] Several = [new(["a man"]) { Targets = [1, 0, 1] }, new(["a"]) { Targets = [0, 0, 0] }];
    private static readonly Example[] Tagged = [Words(["ab", "c"], [1, 0]), Words(["a", "b"], [2, 1])];
    private static readonly Example[] Answered =
    [
        new(["a", "b c d"]) { Spans = [new LabeledSpan(2, 3)] }, new(["a b", "c d"]) { Spans = [] }, new(["a", "b"]) { Spans = [new LabeledSpan(0, 1)] },
    ];

    private static readonly TextClassifier Single = TextClassifier.Create(Input, ["x", "y", "z"]);
    private static readonly TextClassifier Multi = TextClassifier.Create(Input, ["x", "y", "z"], ClassificationProblem.MultiLabel);
    private static readonly TextClassifier Numbers = TextClassifier.Create(Input, ["x", "y", "z"], ClassificationProblem.Regression);
    private static readonly TokenClassifier Tagger = TokenClassifier.Create(Input, ["O", "B-PER", "I-PER"]);
    private static readonly QuestionAnswerer Reader = QuestionAnswerer.Create(Input);
    private static readonly ClassificationLossSettings Weighted = new() { LabelSmoothing = 0.2f, ClassWeights = [0.5f, 1, 3] };

    public static TheoryData<OutputLoss, string> Cases => new()
    {
        { new TextClassificationLoss(), "single" }, { new TextClassificationLoss(Weighted), "single" }, { new TextClassificationLoss(), "multi" },
        { new TextClassificationLoss(Weighted), "multi" }, { new TextClassificationLoss(), "numbers" }, { new TokenClassificationLoss(), "tags" },
        { new TokenClassificationLoss(Weighted, allTokens: true), "tags" }, { new QuestionAnsweringLoss(), "answers" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_those_of_finite_differences(OutputLoss loss, string data)
    {
        var batch = Batch(data);
        var output = Output(batch, loss);
        output.Value.RequiresGradient = true;
        using (var run = new Computation(recording: true))
        {
            run.Backward(loss.Forward(run, batch, [output]));
        }

        var gradient = output.Value.Gradient!.Values.ToArray();
        for (var i = 0; i < gradient.Length; i++)
        {
            var value = output.Value.Values[i];
            output.Value.Writable[i] = value + Step;
            var above = Value(loss, batch, output);
            output.Value.Writable[i] = value - Step;
            var below = Value(loss, batch, output);
            output.Value.Writable[i] = value;
            gradient[i].ShouldBe((above - below) / (2 * Step), 3e-3f, $"logit {i}");
        }

        gradient.ShouldContain(element => Math.Abs(element) > 0.01f);
    }

    [Fact]
    public void The_losses_count_the_labels_that_the_model_predicts()
    {
        foreach (var (loss, data, expected) in ((OutputLoss, string, int)[])[
            (new TextClassificationLoss(), "single", 3), (new TokenClassificationLoss(allTokens: true), "tags", 4)])
        {
            var (right, all) = (0, 0);
            var batch = Batch(data) with { Predicted = (predicted, labels) => (right, all) = (right + predicted, all + labels) };
            var output = Output(batch, loss);
            for (var row = 0; row < output.Value.Rows; row++)
            {
                output.Value.Writable.Slice(row * output.Value.Columns, output.Value.Columns).Clear();
                output.Value.Writable[(row * output.Value.Columns) + 1] = 1; // label 1 everywhere: one text, and two of the words
            }

            Value(loss, batch, output);
            all.ShouldBeGreaterThanOrEqualTo(expected);
            right.ShouldBe(data == "single" ? 1 : 2);
        }
    }

    [Fact]
    public void Cross_entropy_is_weighted_and_smoothed_as_in_PyTorch()
    {
        // logits [0, ln 2, 0] → p = [1/4, 1/2, 1/4]; label 1 and label 0.
        var logits = Tensor.From([0, MathF.Log(2), 0, 0, MathF.Log(2), 0], 2, 3);
        var batch = new TrainingBatch(Single, [new Example(["a"], Label: 1), new Example(["b"], Label: 0)]);
        var (ln2, ln4) = (Math.Log(2), Math.Log(4));
        Value(new TextClassificationLoss(), batch, new ModelOutput(logits)).ShouldBe((float)((ln2 + ln4) / 2), 1e-6f);
        Value(new TextClassificationLoss(new() { ClassWeights = [3, 1, 1] }), batch, new ModelOutput(logits)).ShouldBe((float)((ln2 + (3 * ln4)) / 4), 1e-6f);
        var uniform = (ln2 + ln4 + ln4) / 3;
        Value(new TextClassificationLoss(new() { LabelSmoothing = 0.3f }), batch, new ModelOutput(logits)).ShouldBe((float)((0.7 * (ln2 + ln4) / 2) + (0.3 * uniform)), 1e-6f);
        ClassificationLossSettings.Balanced([0, 0, 0, 1], 3).ShouldBe([4f / 9, 4f / 3, 0]);
    }

    [Fact]
    public void Only_the_first_token_of_a_word_is_trained()
    {
        var batch = new TrainingBatch(Tagger, [Words(["ab"], [1])]); // [CLS] a ##b [SEP]
        var logits = Tensor.From([9, 9, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6], 4, 3);
        Value(new TokenClassificationLoss(), batch, new ModelOutput(logits, [0, 4])).ShouldBe(MathF.Log(3), 1e-6f);
    }

    [Fact]
    public void The_answer_is_the_mean_of_two_cross_entropies_over_the_tokens()
    {
        var batch = new TrainingBatch(Reader, [new Example(["a", "b"]) { Spans = [new LabeledSpan(0, 1)] }, new Example(["a", "b c"]) { Spans = [] }]);
        var output = new ModelOutput(Tensor.Zeros(11, 2), [0, 5, 11]); // [CLS] a [SEP] b [SEP], and one token more
        Value(new QuestionAnsweringLoss(), batch, output).ShouldBe((MathF.Log(5) + MathF.Log(6)) / 2, 1e-6f);
    }

    [Fact]
    public void Missing_labels_are_named()
    {
        Fault(new TextClassificationLoss(), new TrainingBatch(Single, [new Example(["a"])])).ShouldContain("needs the label of each text");
        Fault(new TextClassificationLoss(), new TrainingBatch(Single, [new Example(["a"], Label: 3)])).ShouldContain("The label 3 is not one of the model's, 0 to 2");
        Fault(new TextClassificationLoss(), new TrainingBatch(Multi, [new Example(["a"], Label: 1)])).ShouldContain("needs 3 targets for each text");
        Fault(new TokenClassificationLoss(), new TrainingBatch(Tagger, [new Example(["a"])])).ShouldContain("form: tagged-words");
        Fault(new QuestionAnsweringLoss(), new TrainingBatch(Reader, [new Example(["a", "b"])])).ShouldContain("form: questions");
        Fault(new QuestionAnsweringLoss(), new TrainingBatch(Reader, [new Example(["a"]) { Spans = [] }])).ShouldContain("takes a question and a text");
        Fault(new TokenClassificationLoss(), new TrainingBatch(Single, Labeled)).ShouldContain("needs the labels of tokens, and the model, a TextClassifier, makes the labels of texts");
        Fault(new TextClassificationLoss(new() { ClassWeights = [1] }), new TrainingBatch(Single, Labeled)).ShouldContain("has 1 class weights, and the model 3 labels");
    }

    [Theory]
    [InlineData("single")]
    [InlineData("multi")]
    [InlineData("tags")]
    [InlineData("answers")]
    public void Training_reduces_the_loss(string data)
    {
        var batch = Batch(data);
        ITrainableModel model = data switch
        {
            "single" => TextClassifier.Create(Input, ["x", "y", "z"], seed: 1),
            "multi" => TextClassifier.Create(Input, ["x", "y", "z"], ClassificationProblem.MultiLabel, 1),
            "tags" => TokenClassifier.Create(Input, ["O", "B-PER", "I-PER"], 1),
            _ => QuestionAnswerer.Create(Input, 1),
        };
        var loss = LossOf(data);
        var before = loss.Backward(batch with { Model = model });
        var trainer = new Trainer(
            model, [new TrainingDataset("rows", batch.Rows, loss)], new DefaultBatchSampler(batch.Rows.Count, batch.Rows.Count, 0),
            parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)), new TrainerOptions { Steps = 30, Schedule = new ConstantSchedule(5e-3) });
        trainer.Train();
        loss.Backward(batch with { Model = model }).ShouldBeLessThan(before / 2);
    }

    private static OutputLoss LossOf(string data) => data switch
    {
        "tags" => new TokenClassificationLoss(),
        "answers" => new QuestionAnsweringLoss(),
        _ => new TextClassificationLoss(),
    };

    private static TrainingBatch Batch(string data) => data switch
    {
        "single" => new(Single, Labeled),
        "multi" => new(Multi, Several),
        "numbers" => new(Numbers, Several),
        "tags" => new(Tagger, Tagged),
        _ => new(Reader, Answered),
    };

    private static Example Words(string[] words, int[] labels)
    {
        var text = TextWords.Join(words);
        return new Example([text.Text]) { Spans = text.Label(labels) };
    }

    private static ModelOutput Output(TrainingBatch batch, OutputLoss loss)
    {
        using var run = new Computation();
        var (value, offsets) = batch.Model.Forward(run, loss.Inputs(batch)[0]);
        var random = new Random(3);
        return new ModelOutput(Tensor.From([.. value.Values.ToArray().Select(_ => (random.NextSingle() * 4) - 2)], value.Rows, value.Columns), offsets);
    }

    private static float Value(OutputLoss loss, TrainingBatch batch, ModelOutput output)
    {
        using var run = new Computation();
        return loss.Forward(run, batch, [output]).Values[0];
    }

    private static string Fault(OutputLoss loss, TrainingBatch batch) => Should.Throw<LossInputException>(() => loss.Backward(batch)).Message;
}
