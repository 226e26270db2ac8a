using Semblance.Modules;

namespace Semblance.Training.Tests.Tasks;

public class TaskEvaluatorTests
{
    private static readonly TransformerModule Input = (TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0];

    [Fact]
    public void A_tagger_is_evaluated_on_its_own_predictions_without_fault()
    {
        var model = TokenClassifier.Create(Input, ["O", "B-PER", "I-PER"], seed: 2);
        var words = TextWords.Join(["a", "man", "is", "eating"]);
        var sentence = new TaggedSentence(words.Words, model.TagWords([words])[0]);
        new TokenClassificationEvaluator([sentence], "dev").Evaluate(model).Metrics["dev_accuracy"].ShouldBe(1);
        Should.Throw<NotSupportedException>(() => new TokenClassificationEvaluator([sentence]).Evaluate(RecordedModel.MeanNormalize)).Message.ShouldContain("needs a TokenClassifier");
        Should.Throw<EvaluationDataException>(() => new TokenClassificationEvaluator([]));
    }

    [Fact]
    public void A_classifier_is_evaluated_by_its_problem()
    {
        var single = TextClassifier.Create(Input, ["x", "y"], seed: 2);
        Example[] rows = [.. ((string[])["a", "b c", "a man"]).Select(text => new Example([text], Label: single.Labels.ToList().IndexOf(single.Classify(text)[0].Label)))];
        var result = new TextClassificationEvaluator(rows).Evaluate(single);
        (result.PrimaryMetric, result.PrimaryScore).ShouldBe(("accuracy", 1));
        var multi = TextClassifier.Create(Input, ["x", "y"], ClassificationProblem.MultiLabel, 2);
        new TextClassificationEvaluator([new Example(["a"]) { Targets = [1, 1] }]).Evaluate(multi.WithThresholds([0, 0])).Metrics.ShouldBe(
            new Dictionary<string, double> { ["f1_micro"] = 1, ["f1_macro"] = 1, ["accuracy"] = 1 });
        Should.Throw<ArgumentException>(() => new TextClassificationEvaluator(rows).Evaluate(multi)).Message.ShouldContain("the model needs 2");
    }

    [Fact]
    public void Thresholds_separate_the_labels_of_the_development_data()
    {
        var model = TextClassifier.Create(Input, ["x", "y"], ClassificationProblem.MultiLabel, 2);
        string[] texts = ["a", "b c", "a man", "food"];
        var order = model.Classify(texts).Select((text, i) => (Score: text.Scores.Span[0], i)).OrderByDescending(text => text.Score).ToArray();
        Example[] rows = [.. texts.Select((text, i) => new Example([text]) { Targets = [order.Take(2).Any(best => best.i == i) ? 1 : 0, 0] })];
        var thresholds = ThresholdSearch.Choose(model, rows);
        thresholds[0].ShouldBe((order[1].Score + order[2].Score) / 2, 1e-6f);
        thresholds[1].ShouldBe(0.5f);
        new TextClassificationEvaluator(rows).Evaluate(model.WithThresholds([thresholds[0], 1])).PrimaryScore.ShouldBe(1);
    }

    [Fact]
    public void A_reader_is_evaluated_on_questions_without_answers_too()
    {
        var model = QuestionAnswerer.Create(Input, seed: 2);
        AnsweredQuestion[] questions = [new("1", "a", "b c", [new LabeledSpan(0, 1)]), new("2", "a", "b c", [])];
        var result = new QuestionAnsweringEvaluator(questions).Evaluate(model);
        result.Metrics.Keys.ShouldBe(["exact_match", "f1", "answerable_f1", "no_answer_accuracy"]);
        new QuestionAnsweringEvaluator(questions).Answering.AllowNoAnswer.ShouldBeTrue();
    }

    [Fact]
    public void The_baselines_know_what_they_have_seen()
    {
        var tagger = new FrequencyTagger([new TaggedSentence(["Berlin", "is", "big"], ["B-LOC", "O", "O"]), new TaggedSentence(["Berlin"], ["B-LOC"])]);
        tagger.Tag(["is", "Berlin", "Rome"]).ShouldBe(["O", "B-LOC", "B-LOC"]); // the tags are equally frequent
        var words = new BagOfWordsClassifier(["good film", "very good", "bad film", "not good at all", "好吃", "难吃"], [1, 1, 0, 0, 1, 0]);
        ((string[])["good", "bad", "not good", "好吃"]).Select(words.Predict).ShouldBe([1, 0, 0, 1]);
    }
}
