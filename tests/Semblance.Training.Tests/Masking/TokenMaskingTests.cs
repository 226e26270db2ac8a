using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance.Training.Tests.Masking;

public class TokenMaskingTests
{
    // 5 and up are ordinary; every third of them goes on with the word before it.
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(5, 295).Select(i => i % 3 == 0 ? $"##p{i}" : $"w{i}")];

    private static readonly Tokenizer Bert = Tokenizer.CreateBert(Vocabulary);

    private static readonly PackedBatch Batch = PackedBatch.From(
        [.. Enumerable.Range(0, 400).Select(s => (int[])[2, .. Enumerable.Range(0, 100).Select(i => i == 50 ? 1 : 5 + (((s * 31) + (i * 17)) % 295)), 3])]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_shares_of_chosen_masked_random_and_kept_tokens_are_those_asked_for(bool wholeWords)
    {
        var masked = new TokenMasking(Bert, new MaskingOptions { WholeWords = wholeWords }).Apply(Batch, 7);
        double chosen = masked.Positions.Length;
        (chosen / (400 * 99)).ShouldBe(0.15, 0.012);
        var shown = masked.Positions.Select(position => masked.Batch.TokenIds[position]).ToArray();
        (shown.Count(id => id == 4) / chosen).ShouldBe(0.8, 0.02);
        var kept = shown.Zip(masked.Targets).Count(pair => pair.First == pair.Second) / chosen;
        kept.ShouldBe(0.1, 0.02);
        shown.Where((id, i) => id != 4 && id != masked.Targets[i]).Distinct().Count().ShouldBeGreaterThan(150); // drawn from all words
    }

    [Fact]
    public void Special_tokens_are_never_chosen_nor_drawn_and_what_was_not_chosen_stays()
    {
        var masked = new TokenMasking(Bert, new MaskingOptions { Rate = 0.5, Masked = 0, Random = 1 }).Apply(Batch, 7);
        masked.Targets.ShouldAllBe(id => id >= 5);
        Array.ConvertAll(masked.Positions, position => masked.Batch.TokenIds[position]).Min().ShouldBeGreaterThanOrEqualTo(5);
        var restored = masked.Batch.TokenIds.ToArray();
        masked.Positions.Zip(masked.Targets).ToList().ForEach(pair => restored[pair.First] = pair.Second);
        restored.ShouldBe(Batch.TokenIds.ToArray());
        masked.Batch.Offsets.ToArray().ShouldBe(Batch.Offsets.ToArray());
        masked.Positions.ShouldBe(masked.Positions.Order());
    }

    [Fact]
    public void The_pieces_of_a_word_are_chosen_together_and_else_each_by_itself()
    {
        int Torn(bool wholeWords)
        {
            var chosen = new TokenMasking(Bert, new MaskingOptions { WholeWords = wholeWords }).Apply(Batch, 3).Positions.ToHashSet();
            return Enumerable.Range(1, Batch.TokenCount - 1)
                .Count(i => Batch.TokenIds[i] % 3 == 0 && Batch.TokenIds[i] >= 5 && Batch.TokenIds[i - 1] >= 5 && chosen.Contains(i) != chosen.Contains(i - 1));
        }

        Torn(true).ShouldBe(0);
        Torn(false).ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Spans_have_the_lengths_of_SpanBERT_and_cover_the_share_asked_for()
    {
        // One token a word, so a span is a run of chosen positions; adjacent spans are rare but occur.
        var tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(5, 295).Select(i => $"w{i}")]);
        var masked = new TokenMasking(tokenizer, new MaskingOptions { LongestSpan = 10, Masked = 1, Random = 0 }).Apply(Batch, 11);
        (masked.Positions.Length / (400 * 99.0)).ShouldBe(0.15, 0.015);
        var runs = new List<int>();
        foreach (var (i, position) in masked.Positions.Index())
        {
            if (i > 0 && masked.Positions[i - 1] == position - 1)
            {
                runs[^1]++;
            }
            else
            {
                runs.Add(1);
            }
        }

        // The mean of a geometric distribution with p = 0.2 that is cut at 10 is 3.8 (Joshi et al. 2020); texts and unknown words cut
        // some spans, and adjacent spans join.
        runs.Average().ShouldBeInRange(3.4, 4.4);
        runs.Count(length => length == 1).ShouldBeGreaterThan(runs.Count(length => length == 3));
        masked.Batch.Offsets.ToArray().ShouldBe(Batch.Offsets.ToArray());
    }

    [Fact]
    public void A_span_is_masked_or_left_as_a_whole()
    {
        var masked = new TokenMasking(Bert, new MaskingOptions { LongestSpan = 10, Masked = 0.5, Random = 0 }).Apply(Batch, 5);
        var isMasked = masked.Positions.Select(position => masked.Batch.TokenIds[position] == 4).ToArray();
        var changes = Enumerable.Range(1, isMasked.Length - 1)
            .Count(i => masked.Positions[i - 1] == masked.Positions[i] - 1 && isMasked[i] != isMasked[i - 1]);
        changes.ShouldBeLessThan(isMasked.Length / 10); // only where two spans adjoin
        isMasked.Count(value => value).ShouldBeInRange(isMasked.Length * 4 / 10, isMasked.Length * 6 / 10);
    }

    [Fact]
    public void Tokens_that_begin_with_a_space_begin_words()
    {
        var tokenizer = Tokenizer.Load(Fixtures.Own("tokenizers/byte-level-bpe-roberta"));
        tokenizer.MarksSpaces.ShouldBeTrue();
        var batch = PackedBatch.From([.. Enumerable.Repeat(tokenizer.Encode("The zygomorphic xylographs waited, quizzically, behind ornithological walls.").Ids.ToArray(), 300)]);
        var chosen = new TokenMasking(tokenizer, new MaskingOptions { Rate = 0.4 }).Apply(batch, 2).Positions.ToHashSet();
        var continued = Enumerable.Range(1, batch.TokenCount - 1).Where(
            i => tokenizer.IdToToken(batch.TokenIds[i]) is { } token && char.IsAsciiLetter(token[0])
                && tokenizer.IdToToken(batch.TokenIds[i - 1]) is ['Ġ' or (>= 'a' and <= 'z'), ..]).ToArray();
        continued.Length.ShouldBeGreaterThan(1000);
        continued.ShouldAllBe(i => chosen.Contains(i) == chosen.Contains(i - 1));
    }

    [Fact]
    public void Chinese_characters_are_words_of_their_own()
    {
        var tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "天", "地"]);
        var batch = PackedBatch.From([.. Enumerable.Repeat(tokenizer.Encode("天地天地天地").Ids.ToArray(), 200)]);
        var chosen = new TokenMasking(tokenizer).Apply(batch, 1).Positions;
        chosen.Length.ShouldBeInRange(100, 260); // 180 of 1200, not whole texts
        chosen.GroupBy(position => position / 8).Count(text => text.Count() == 6).ShouldBe(0);
    }

    [Fact]
    public void A_seed_hides_the_same_tokens_and_another_seed_others()
    {
        var masking = new TokenMasking(Bert);
        var (one, again, other) = (masking.Apply(Batch, 42), masking.Apply(Batch, 42), masking.Apply(Batch, 43));
        again.Batch.TokenIds.ToArray().ShouldBe(one.Batch.TokenIds.ToArray());
        again.Positions.ShouldBe(one.Positions);
        other.Positions.Intersect(one.Positions).Count().ShouldBeLessThan(one.Positions.Length / 3);
    }

    [Fact]
    public void A_short_text_has_one_hidden_word_and_one_of_special_tokens_has_none()
    {
        var masking = new TokenMasking(Bert, new MaskingOptions { Rate = 1e-9 });
        masking.Apply(PackedBatch.From([[2, 7, 9, 3]]), 0).Targets.ShouldBe([7, 9]); // 9 goes on with 7
        masking.Apply(PackedBatch.From([[2, 3], [2, 1, 3]]), 0).Positions.ShouldBeEmpty();
    }

    [Fact]
    public void Options_and_tokenizers_that_cannot_be_are_refused()
    {
        Should.Throw<ArgumentException>(() => new TokenMasking(Bert, new MaskingOptions { Rate = 0 }));
        Should.Throw<ArgumentException>(() => new TokenMasking(Bert, new MaskingOptions { Masked = 0.8, Random = 0.3 })).Message.ShouldContain("together");
        Should.Throw<ArgumentException>(() => new TokenMasking(Tokenizer.CreateBert(["[UNK]", "[CLS]", "[SEP]", "a"]))).Message.ShouldContain("[MASK]");
    }
}
