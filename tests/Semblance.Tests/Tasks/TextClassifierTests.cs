using Semblance.Transformers;

namespace Semblance.Tests;

public sealed class TextClassifierTests
{
    private static readonly string[] Labels = ["bad", "good", "neutral"];
    private static readonly string[] Texts = ["A man is eating food.", "How many people live in Berlin?", ""];

    [Theory]
    [InlineData(ClassificationProblem.SingleLabel)]
    [InlineData(ClassificationProblem.MultiLabel)]
    [InlineData(ClassificationProblem.Regression)]
    public void A_model_is_read_again_with_its_problem(ClassificationProblem problem)
    {
        using var folder = new TemporaryFolder();
        var model = TextClassifier.Create(TokenClassifierTests.Input, Labels, problem, 3);
        model.Save(folder.Path);
        var read = TextClassifier.Load(folder.Path);
        read.Config.Problem.ShouldBe(problem);
        read.Labels.ShouldBe(Labels);
        read.Warnings.ShouldBeEmpty();
        read.Classify(Texts).SelectMany(text => text.Scores.ToArray()).ShouldBe(model.Classify(Texts).SelectMany(text => text.Scores.ToArray()));
        CrossEncoder.Load(folder.Path).Labels.ShouldBe(Labels);
    }

    [Fact]
    public void The_best_label_comes_first_and_probabilities_sum_to_1()
    {
        var model = TextClassifier.Create(TokenClassifierTests.Input, Labels, seed: 3);
        var all = model.Classify(Texts[0], new ClassifyOptions { TopK = 3 });
        all.Select(label => label.Score).ShouldBeInOrder(SortDirection.Descending);
        all.Sum(label => label.Score).ShouldBe(1, 1e-5f);
        model.Classify(Texts[0]).ShouldBe([all[0]]);
    }

    [Fact]
    public void Large_logits_have_probabilities()
    {
        var model = TextClassifier.Create(TokenClassifierTests.Input, Labels, seed: 3);
        foreach (var parameter in model.Parameters().Where(parameter => parameter.Name.StartsWith("classifier.", StringComparison.Ordinal)))
        {
            foreach (ref var value in parameter.Value.Writable)
            {
                value *= 1e5f;
            }
        }

        var scores = model.Classify(Texts[0], new ClassifyOptions { TopK = 3 }).Select(label => label.Score).ToArray();
        scores.ShouldAllBe(score => score >= 0 && score <= 1);
        scores.Sum().ShouldBe(1, 1e-5f);
    }

    [Fact]
    public void Several_labels_are_those_that_reach_their_thresholds()
    {
        var model = TextClassifier.Create(TokenClassifierTests.Input, Labels, ClassificationProblem.MultiLabel, 3);
        var scores = model.Classify([Texts[0]])[0].Scores.ToArray();
        var one = model.WithThresholds([scores[0], 1, 1]);
        one.Classify(Texts[0]).ShouldBe([new LabelScore("bad", scores[0])]);
        one.Classify(Texts[0], new ClassifyOptions { Threshold = 0 }).Count.ShouldBe(3);
        one.Classify(Texts[0], new ClassifyOptions { TopK = 2 }).Count.ShouldBe(2);
        using var folder = new TemporaryFolder();
        one.Save(folder.Path);
        TextClassifier.Load(folder.Path).Config.Thresholds.ShouldBe([scores[0], 1, 1]);
        Should.Throw<ArgumentException>(() => model.WithThresholds([1])).Message.ShouldContain("1 thresholds for 3 labels");
    }

    [Fact]
    public async Task A_stream_of_pairs_has_the_results_of_a_list()
    {
        var model = TextClassifier.Create(TokenClassifierTests.Input, Labels, seed: 3);
        (string, string?)[] pairs = [("a", "man"), ("a", null), ("man", "a")];
        var list = model.Classify(pairs);
        (await model.ClassifyAsync(pairs.ToAsyncEnumerable()).ToListAsync()).SelectMany(text => text.Labels).ShouldBe(list.SelectMany(text => text.Labels));
        list[0].TokenCount.ShouldBe(5);
    }

    [Fact]
    public void An_unknown_problem_type_is_refused()
    {
        using var folder = new TemporaryFolder();
        TextClassifier.Create(TokenClassifierTests.Input, Labels, seed: 3).Save(folder.Path);
        JsonEdit.Set(Path.Combine(folder.Path, "config.json"), "problem_type", "\"ranking\"");
        Should.Throw<ModelFormatException>(() => TextClassifier.Load(folder.Path)).Message.ShouldContain(
            "supported are single_label_classification, multi_label_classification, regression");
    }
}
