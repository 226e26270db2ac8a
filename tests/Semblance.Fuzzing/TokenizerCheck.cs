using Semblance.Tokenizers;

namespace Semblance.Fuzzing;

/// <summary>What holds for every tokenizer and every text.</summary>
internal static class TokenizerCheck
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "Hello  world! It's  we'll don't 12345 a_b", " \tlead trail \n\n x \r\n", "café ẛ̣ Å ﬁ ½ ² ㋿ ﷺ", "\uD83D x \uDE00", "𝔘𝔫1𝟘 😀👍🏽 x𠀀y", "今天はカタカナー abc",
        "[CLS]<s>[MASK]<mask></s>[SEP]", new string('a', 3000), new string(' ', 3000) + "x", string.Concat(Enumerable.Repeat("<mask>", 500)), string.Concat(Enumerable.Repeat("ab ", 700)),
        new string('\u0301', 500) + "e", new string('\n', 1000) + "a", string.Concat(Enumerable.Repeat("the runner ", 100)),
    ];

    /// <summary>Encodes and decodes texts, and fails if ids, offsets or counts cannot be right.</summary>
    public static void Use(Tokenizer tokenizer)
    {
        foreach (var text in Texts)
        {
            var encoding = tokenizer.Encode(text);
            Check(tokenizer, encoding, text, "");
            Require(encoding.Tokens.Count == encoding.Count, "as many tokens as ids");
            Require(!encoding.Truncated, "a text that is not truncated");
            tokenizer.Decode(encoding.Ids, skipSpecialTokens: text.Length % 2 == 0);
        }

        var (one, other) = (Texts[3], Texts[8]);
        Check(tokenizer, tokenizer.Encode(one, other), one, other);
        var parts = tokenizer.Encode(one, null, new TokenizerOptions { MaxLength = 64, Stride = 0, Overflow = true });
        Check(tokenizer, parts, one, "");
        var cut = tokenizer.Encode(one, other, new TokenizerOptions { MaxLength = 9, AddSpecialTokens = false });
        Check(tokenizer, cut, one, other);
        Require(cut.Count <= 9, "at most 9 tokens");
        var stream = new DecodeStream(tokenizer);
        foreach (var id in cut.Ids)
        {
            stream.Next(id);
        }

        stream.Finish();
    }

    private static void Check(Tokenizer tokenizer, Encoding encoding, string text, string pair)
    {
        for (var i = 0; i < encoding.Count; i++)
        {
            var (id, (start, end)) = (encoding.Ids[i], encoding.Offsets[i]);
            var length = encoding.Sequences[i] switch { 0 => text.Length, 1 => pair.Length, _ => 0 };
            Require(id >= 0 && id < tokenizer.VocabularySize, $"ids below {tokenizer.VocabularySize}, found {id}");
            Require(start >= 0 && start <= end && end <= length, $"ranges in the text of {length}, found {start}-{end}");
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"expected {what}");
        }
    }
}
