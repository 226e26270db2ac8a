using System.Buffers;

namespace Semblance.Extensions.AI.Tests.Tokenizers;

public class SemblanceTokenizerTests
{
    private const string Text = "Someone is riding a bicycle, 小狗 in the grass.";

    private static readonly SemblanceTokenizer Whole = new(Models.Default.Tokenizer);
    private static readonly SemblanceTokenizer Plain = new(Models.Default.Tokenizer, addSpecialTokens: false);

    [Fact]
    public void Ids_and_tokens_are_those_of_the_model()
    {
        var expected = Models.Default.Tokenizer.Encode(Text);
        Whole.EncodeToIds(Text).ShouldBe(expected.Ids.ToArray());
        Whole.EncodeToIds(Text.AsSpan()).ShouldBe(expected.Ids.ToArray());
        Whole.CountTokens(Text).ShouldBe(expected.Count);
        var tokens = Whole.EncodeToTokens(Text, out var normalized);
        normalized.ShouldBeNull();
        tokens.Select(token => token.Id).ShouldBe(expected.Ids.ToArray());
        tokens.Select(token => token.Value).ShouldBe(expected.Tokens);
        tokens.Select(token => (token.Offset.Start.Value, token.Offset.End.Value)).ShouldBe(expected.Offsets.ToArray());
        Plain.EncodeToIds(Text).ShouldBe(
            Models.Default.Tokenizer.Encode(Text, null, new Semblance.Tokenizers.TokenizerOptions { AddSpecialTokens = false }).Ids.ToArray());
        Whole.EncodeToIds("").Count.ShouldBe(Models.Default.Tokenizer.Encode("").Count);
    }

    [Fact]
    public void A_text_is_cut_after_a_number_of_tokens()
    {
        var ids = Plain.EncodeToIds(Text);
        for (var count = 1; count <= ids.Count; count++)
        {
            Plain.EncodeToIds(Text, count, out _, out var consumed).ShouldBe(ids.Take(count));
            var index = Plain.GetIndexByTokenCount(Text, count, out _, out var counted);
            (index, counted).ShouldBe((consumed, count));
            Plain.EncodeToIds(Text[..index]).ShouldBe(ids.Take(count));
            var start = Plain.GetIndexByTokenCountFromEnd(Text, count, out _, out counted);
            counted.ShouldBe(count);
            Text[start..].Length.ShouldBeGreaterThan(0);
        }

        Plain.GetIndexByTokenCount(Text, 1000, out _, out _).ShouldBe(Text.Length);
        Plain.GetIndexByTokenCountFromEnd(Text, 1000, out _, out _).ShouldBe(0);
    }

    [Fact]
    public void Ids_are_decoded()
    {
        var ids = Plain.EncodeToIds(Text);
        var expected = Models.Default.Tokenizer.Decode([.. ids], skipSpecialTokens: false);
        Plain.Decode(ids).ShouldBe(expected);
        var destination = new char[expected.Length];
        Plain.Decode(ids, destination, out var consumed, out var written).ShouldBe(OperationStatus.Done);
        (consumed, written, new string(destination)).ShouldBe((ids.Count, expected.Length, expected));
        Plain.Decode(ids, destination.AsSpan(1), out _, out _).ShouldBe(OperationStatus.DestinationTooSmall);
    }

    [Fact]
    public void Normalization_is_part_of_the_model() =>
        Should.Throw<NotSupportedException>(() => Whole.EncodeToIds(Text, considerNormalization: false)).Message.ShouldContain("part of the model");
}
