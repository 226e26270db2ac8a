using Semblance.Tokenizers;

namespace Semblance.Training.Tests.Datasets;

public sealed class DocumentSentencesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sentences_carry_the_number_of_their_document_and_those_of_other_lengths_are_left_out()
    {
        var tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", ".", "。", "天", "气"]);
        var path = _folder.File("t.txt");
        File.WriteAllText(path, "a b c. b b.\nc c c c c c c c c.\n\n天气。a a a.\n");
        var rows = DocumentSentences.Read([path, path], tokenizer, fewest: 3, most: 6).Select(row => string.Join('|', row.Texts)).ToArray();
        rows.ShouldBe(["1|a b c.", "1|b b.", "2|天气。", "2|a a a.", "3|a b c.", "3|b b.", "4|天气。", "4|a a a."]);
    }

    [Fact]
    public void Triplets_have_two_texts_of_one_group_and_one_of_another()
    {
        var rows = Enumerable.Range(0, 60).Select(i => new Example([$"{i % 7}", $"text {i} of {i % 7}"])).ToArray();
        var triplets = GroupedTexts.Triplets(rows);
        triplets.Count.ShouldBe(60 - 7);
        foreach (var triplet in triplets)
        {
            var groups = triplet.Texts.Select(text => text[^1]).ToArray();
            groups[1].ShouldBe(groups[0]);
            groups[2].ShouldNotBe(groups[0]);
        }

        GroupedTexts.Triplets(rows).Select(row => string.Join('|', row.Texts)).ShouldBe(triplets.Select(row => string.Join('|', row.Texts)));
        Should.Throw<ArgumentException>(() => GroupedTexts.Triplets([new(["1", "a"]), new(["1", "b"])])).Message.ShouldContain("one group");
    }
}
