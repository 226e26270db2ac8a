using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Tests;

public sealed class TokenClassifierTests
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
    private static readonly string[] Texts = ["A man is eating food.", "How many people live in Berlin?", "", "他在北京工作。", "🙂 a man"];

    [Fact]
    public void A_model_is_saved_in_the_layout_of_transformers_and_read_again()
    {
        using var folder = new TemporaryFolder();
        var model = New();
        model.Save(folder.Path);
        File.Exists(Path.Combine(folder.Path, "config_sentence_transformers.json")).ShouldBeFalse();
        var config = ConfigurationFile.Read(Path.Combine(folder.Path, "config.json"));
        config.Texts("architectures").ShouldBe(["BertForTokenClassification"]);
        var read = TokenClassifier.Load(folder.Path);
        read.Labels.ShouldBe(Labels);
        read.Warnings.ShouldBeEmpty();
        ModelKinds.Of(folder.Path).ShouldBe(ModelKind.TokenClassifier);
        read.Parameters().Select(parameter => parameter.Name).ShouldContain("classifier.weight");
        Same(read.Tag(Texts, All), model.Tag(Texts, All));
    }

    [Fact]
    public void Entities_are_parts_of_the_text_in_order_whatever_the_batch()
    {
        var model = New();
        var tagged = model.Tag(Texts, All);
        foreach (var (text, entities) in tagged.Select(result => (result.Text, result.Entities)))
        {
            entities.ShouldAllBe(entity => text.Substring(entity.Start, entity.Length) == entity.Text);
            entities.Select(entity => entity.Start).ShouldBeInOrder();
            model.Tag(text, All).ShouldBe(entities);
        }

        tagged[2].Entities.ShouldBeEmpty();
        tagged[3].Entities.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_stream_has_the_results_of_a_list()
    {
        var model = New();
        Same(await model.TagAsync(Texts.ToAsyncEnumerable(), All).ToListAsync(), model.Tag(Texts, All));
    }

    [Fact]
    public void A_long_text_is_tagged_in_windows_up_to_its_end()
    {
        var model = New();
        var text = string.Join(' ', Enumerable.Repeat("a man is eating food", 40));
        var tagged = model.Tag([text], All)[0];
        tagged.WindowCount.ShouldBeGreaterThan(1);
        tagged.Entities[^1].End.ShouldBe(text.Length);
        Should.Throw<TextTooLongException>(() => model.Tag([text], All with { Truncation = Truncation.Error }));
    }

    [Fact]
    public void Words_have_the_label_of_their_first_token()
    {
        var model = New();
        var words = TextWords.Join(["A", "man", "eating", "in", "Berlin", "."]);
        var labels = model.TagWords([words])[0];
        labels.Count.ShouldBe(6);
        var tokens = model.Tag(words.Text, All with { Aggregation = AggregationStrategy.None });
        labels.ShouldBe(words.Starts.Select(start => tokens.First(token => token.Start == start).Label));
    }

    [Fact]
    public void Labels_of_words_become_labels_of_tokens()
    {
        var model = New();
        var words = TextWords.Join(["ab", "a", "ab"]);
        words.Text.ShouldBe("ab a ab");
        var spans = words.Label([1, 0, 3]);
        model.AlignLabels(words.Text, spans).ShouldBe([-1, 1, -1, 0, 3, -1, -1]); // [CLS] a ##b a a ##b [SEP]
        model.AlignLabels(words.Text, spans, allTokens: true).ShouldBe([-1, 1, 2, 0, 3, 4, -1]);
        Should.Throw<ArgumentException>(() => model.AlignLabels("ab", [new LabeledSpan(0, 3, 1)])).Message.ShouldContain("the text has 2 characters");
        Should.Throw<ArgumentException>(() => model.AlignLabels("ab", [new LabeledSpan(0, 2, 5)])).Message.ShouldContain("5 labels");
    }

    [Fact]
    public void Words_are_joined_with_spaces_except_beside_Chinese_characters()
    {
        TextWords.Join(["Angela", "Merkel", "."]).Text.ShouldBe("Angela Merkel .");
        TextWords.Join(["加", "入", "W", "T", "O"]).Text.ShouldBe("加入WTO");
        TextWords.Join(["北京", "大学", "has", "students"]).Text.ShouldBe("北京大学has students");
        TextWords.Join(["北京", "大学"]).Starts.ShouldBe([0, 2]);
        Should.Throw<ArgumentException>(() => TextWords.Join([])).Message.ShouldStartWith("The text has no words; at least one is expected.");
        Should.Throw<ArgumentException>(() => TextWords.Join(["a", " "])).Message.ShouldStartWith("Word 1 is empty");
    }

    [Fact]
    public void A_model_without_the_head_is_refused_by_name()
    {
        Should.Throw<ModelFormatException>(() => TokenClassifier.Load(Fixtures.Own("st/mean-normalize"))).Message.ShouldContain("have no head for a task");
        Should.Throw<ModelFormatException>(() => TokenClassifier.Load(Fixtures.Own("st/cross-encoder"))).Message.ShouldContain("load it with CrossEncoder");
        using var folder = new TemporaryFolder();
        New().Save(folder.Path);
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message.ShouldContain("use the command tag");
    }

    [Fact]
    public void A_label_without_a_name_in_the_config_is_refused()
    {
        using var folder = new TemporaryFolder();
        New().Save(folder.Path);
        JsonEdit.Set(Path.Combine(folder.Path, "config.json"), "id2label", """{"0": "O", "1": "B-PER", "2": "I-PER", "3": "B-LOC", "7": "I-LOC"}""");
        Should.Throw<ModelFormatException>(() => TokenClassifier.Load(folder.Path)).Message.ShouldContain("expected a name for each number from 0 to 4");
    }

    private static TagOptions All { get; } = new() { IgnoredLabels = [] };

    internal static TransformerModule Input { get; } =
        (TransformerModule)SentenceTransformer.LoadTrainable(Fixtures.Own("st/mean-normalize")).Modules[0];

    private static TokenClassifier New() => TokenClassifier.Create(Input, Labels, seed: 5);

    private static void Same(IReadOnlyList<TaggedText> one, IReadOnlyList<TaggedText> other)
    {
        one.Select(tagged => tagged.Text).ShouldBe(other.Select(tagged => tagged.Text));
        one.SelectMany(tagged => tagged.Entities).ShouldBe(other.SelectMany(tagged => tagged.Entities));
    }
}
