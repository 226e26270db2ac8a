using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Tokenizers.Tests;

public class TokenizerTests
{
    private static readonly Tokenizer Small = Tokenizer.CreateBert(Vocabulary.Small);
    private static readonly Arbitrary<string> Texts = Gen.Elements(
            "the", "running", " ", "  ", "\n", "a", ".", "[MASK]", "[CLS", "é", "E\u0301", "İ", "世界", "😀", "\ud800", "\udc00", "\0", "\ufeff", "\u200b", "ﬁ", "각", "X", "##", "\u3000")
        .ArrayOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Words_are_split_into_the_longest_tokens()
    {
        var encoding = Small.Encode("The RUNNING runner.");
        encoding.Tokens.ShouldBe(["[CLS]", "the", "run", "##ning", "run", "##n", "##er", ".", "[SEP]"]);
        encoding.Offsets.ToArray().ShouldBe([(0, 0), (0, 3), (4, 7), (7, 11), (12, 15), (15, 16), (16, 18), (18, 19), (0, 0)]);
        encoding.SpecialTokensMask.ToArray().ShouldBe([1, 0, 0, 0, 0, 0, 0, 0, 1]);
        encoding.TypeIds.ToArray().ShouldAllBe(type => type == 0);
    }

    [Fact]
    public void A_pair_has_type_id_1_for_its_second_text()
    {
        var encoding = Small.Encode("the", "run");
        encoding.Tokens.ShouldBe(["[CLS]", "the", "[SEP]", "run", "[SEP]"]);
        encoding.TypeIds.ToArray().ShouldBe([0, 0, 0, 1, 1]);
        encoding.Sequences.ToArray().ShouldBe(new sbyte[] { -1, 0, -1, 1, -1 });
    }

    [Theory]
    [InlineData("İ", "i")]
    [InlineData("E\u0301", "e")]
    [InlineData("É", "e")]
    [InlineData("\u0000e\ufeff\u200b", "e")]
    [InlineData("ΑΣ", "ασ")]
    public void Normalization_strips_accents_and_control_characters_and_lower_cases(string text, string token) =>
        Small.Encode(text, options: new TokenizerOptions { AddSpecialTokens = false }).Tokens.ShouldBe([token]);

    [Fact]
    public void A_lone_surrogate_counts_as_the_replacement_character()
    {
        foreach (var text in (string[])["a\ud800the", "a\udc00the", "\udc00\ud800athe\ud800"])
        {
            var replaced = text.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd');
            Small.Encode(text).Ids.ToArray().ShouldBe(Small.Encode(replaced).Ids.ToArray());
            Small.Encode(text).Offsets.ToArray().ShouldBe(Small.Encode(replaced).Offsets.ToArray());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u3000")]
    [InlineData("\0\u0001\u007f\u009f")]
    public void A_text_without_words_has_special_tokens_only(string text) =>
        Small.Encode(text).Tokens.ShouldBe(["[CLS]", "[SEP]"]);

    [Fact]
    public void A_megabyte_without_a_space_is_one_unknown_token()
    {
        var encoding = Small.Encode(new string('a', 1 << 20));
        encoding.Tokens.ShouldBe(["[CLS]", "[UNK]", "[SEP]"]);
        encoding.Offsets[1].ShouldBe((0, 1 << 20));
    }

    [Theory]
    [InlineData("the running dog. ", 5)]
    [InlineData("[MASK]", 1)]
    [InlineData("[[MASK", 3)]
    [InlineData("世", 1)]
    [InlineData("e\u0301\u0302 ", 1)]
    [InlineData("a\u302e\u1baa\u302e ", 1)]
    public void Megabytes_of_text_are_tokenized_in_linear_time(string unit, int tokens)
    {
        var repeats = (1 << 20) / unit.Length;
        Small.Count(string.Concat(Enumerable.Repeat(unit, repeats))).ShouldBe((tokens * repeats) + 2);
    }

    [Fact]
    public void A_megabyte_of_combining_characters_is_ordered_without_quadratic_work() =>
        Small.Count("a" + new string('\u302e', 1 << 19) + new string('\u1baa', 1 << 19)).ShouldBe(3);

    [Fact]
    public void Tokenizing_stops_soon_after_the_limit()
    {
        var encoding = Small.Encode(string.Concat(Enumerable.Repeat("the ", 1 << 20)), options: new TokenizerOptions { MaxLength = 8 });
        encoding.Count.ShouldBe(8);
        encoding.Truncated.ShouldBeTrue();
        encoding.TokenCount.ShouldBeInRange(9, 2048);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void Truncated_says_whether_tokens_were_left_out(int maxLength, bool truncated)
    {
        var encoding = Small.Encode("the the the   ", options: new TokenizerOptions { MaxLength = maxLength });
        encoding.Truncated.ShouldBe(truncated);
        encoding.TokenCount.ShouldBe(5);
    }

    [Theory]
    [InlineData("the the the the", "run", 7, "the the the", "run")]
    [InlineData("the", "run run run run", 7, "the", "run run run")]
    [InlineData("the the the", "run run run", 8, "the the", "run run run")]
    [InlineData("the the the", "run run", 7, "the the", "run run")]
    [InlineData("", "run run run run", 5, "", "run run")]
    [InlineData("the the", "run run", 0, "", "")]
    public void Pairs_lose_tokens_of_the_longer_text_first(string text, string pair, int maxLength, string left, string leftOfPair)
    {
        var encoding = Small.Encode(text, pair, new TokenizerOptions { MaxLength = maxLength });
        encoding.Ids.ToArray().ShouldBe(Small.Encode(left, leftOfPair).Ids.ToArray());
    }

    [Theory]
    [InlineData("", "run run run", 2)]
    [InlineData("the the the", "", 2)]
    [InlineData("the the the", null, 2)]
    public void Without_special_tokens_the_whole_limit_is_for_the_texts(string text, string? pair, int maxLength)
    {
        var encoding = Small.Encode(text, pair, new TokenizerOptions { MaxLength = maxLength, AddSpecialTokens = false });
        encoding.Count.ShouldBe(maxLength);
        encoding.Truncated.ShouldBeTrue();
    }

    [Fact]
    public void A_negative_limit_is_an_error() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Small.Encode("the", options: new TokenizerOptions { MaxLength = -1 }));

    [Fact]
    public void Decoding_joins_words_and_leaves_special_tokens_out_unless_asked()
    {
        var ids = Small.Encode("The runner.").Ids.ToArray();
        Small.Decode(ids).ShouldBe("the runner.");
        Small.Decode(ids, skipSpecialTokens: false).ShouldBe("[CLS] the runner. [SEP]");
        Small.Decode([-1, 1 << 30]).ShouldBe("");
    }

    [Fact]
    public void Tokens_and_ids_are_found_by_each_other()
    {
        (Small.PaddingId, Small.UnknownId, Small.ClassId, Small.SeparatorId, Small.MaskId).ShouldBe((0, 1, 2, 3, 4));
        Small.VocabularySize.ShouldBe(Vocabulary.Small.Length);
        for (var id = 0; id < Vocabulary.Small.Length; id++)
        {
            Small.IdToToken(id).ShouldBe(Vocabulary.Small[id]);
            Small.TokenToId(Vocabulary.Small[id]).ShouldBe(id);
        }

        Small.TokenToId("absent").ShouldBeNull();
        Small.IdToToken(-1).ShouldBeNull();
    }

    [Fact]
    public void Any_text_has_ordered_offsets_inside_it() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Texts, text =>
    {
        var encoding = Small.Encode(text, options: new TokenizerOptions { AddSpecialTokens = false });
        var last = 0;
        foreach (var (start, end) in encoding.Offsets)
        {
            start.ShouldBeInRange(last, text.Length - 1);
            end.ShouldBeInRange(start + 1, text.Length);
            last = start;
        }

        encoding.CodePointOffsets(text).Length.ShouldBe(encoding.Count);
        Small.Count(text).ShouldBe(encoding.Count + 2);
    }));

    [Fact]
    public void Arbitrary_strings_never_fail() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<string, string>((text, pair) =>
        Small.Encode(text ?? "", pair, new TokenizerOptions { MaxLength = 9 }).Count <= 9));

    [Fact]
    public void A_truncated_text_is_the_beginning_of_the_whole() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Texts, Gen.Choose(2, 12).ToArbitrary(), (text, limit) =>
    {
        var whole = Small.Encode(text);
        var truncated = Small.Encode(text, options: new TokenizerOptions { MaxLength = limit });
        truncated.Ids[..^1].ToArray().ShouldBe(whole.Ids[..Math.Min(limit - 1, whole.Count - 1)].ToArray());
        truncated.Truncated.ShouldBe(whole.Count > limit);
    }));

    [Fact]
    public void A_text_with_a_space_between_has_the_tokens_of_its_parts() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Texts, Texts, (first, second) =>
    {
        var none = new TokenizerOptions { AddSpecialTokens = false };
        Small.Encode(first + " " + second, options: none).Ids.ToArray()
            .ShouldBe([.. Small.Encode(first, options: none).Ids, .. Small.Encode(second, options: none).Ids]);
    }));

    [Fact]
    public void Long_texts_are_cut_into_pieces_without_a_trace() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(Texts, text =>
    {
        var repeated = string.Concat(Enumerable.Repeat(text + "the ", 300));
        var once = Small.Encode(text + "the ", options: new TokenizerOptions { AddSpecialTokens = false });
        var all = Small.Encode(repeated, options: new TokenizerOptions { AddSpecialTokens = false });
        all.Count.ShouldBe(once.Count * 300);
        for (var i = 0; i < all.Count; i++)
        {
            var (start, end) = once.Offsets[i % once.Count];
            var shift = i / once.Count * (text.Length + 4);
            all.Offsets[i].ShouldBe((start + shift, end + shift));
        }
    }));

    [Fact]
    public void Many_threads_share_one_tokenizer()
    {
        var texts = Enumerable.Range(0, 64).Select(i => string.Concat(Enumerable.Repeat("the runner É 世界. ", i))).ToArray();
        var expected = texts.Select(text => Small.Encode(text).Ids.ToArray()).ToArray();
        Parallel.For(0, 2000, i => Small.Encode(texts[i % 64]).Ids.ToArray().ShouldBe(expected[i % 64]));
    }

    [Fact]
    public void A_buffer_is_used_again_and_gives_the_same_tokens()
    {
        var buffer = new TokenBuffer();
        foreach (var text in (string[])["the runner", "", "a [MASK] b", "the the the the"])
        {
            Small.Encode(text, null, 0, specialTokens: true, buffer);
            buffer.Ids.ToArray().ShouldBe(Small.Encode(text).Ids.ToArray());
            buffer.Offsets.ToArray().ShouldBe(Small.Encode(text).Offsets.ToArray());
            buffer.Truncated.ShouldBeFalse();
        }
    }
}
