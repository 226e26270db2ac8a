using System.Text.Json;

namespace Semblance.Tokenizers.Tests;

/// <summary>
/// Compares each component of a tokenizer.json alone, on difficult texts, with the output of the reference
/// (Data/grammar.json, recorded with tokenizers 0.23.2).
/// </summary>
public class GrammarTests
{
    private static readonly JsonElement Recorded = Read();

    public static TheoryData<string> Cases => [.. Recorded.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    public static TheoryData<string> DecoderCases => [.. Recorded.GetProperty("decoders").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_component_gives_the_tokens_and_offsets_of_the_reference(string name)
    {
        var recorded = Named("cases", name);
        var tokenizer = Load(recorded.GetProperty("tokenizer").GetRawText());
        var texts = recorded.GetProperty("texts") is { ValueKind: JsonValueKind.Array } own ? own : Recorded.GetProperty("texts");
        var differences = new List<string>();
        foreach (var (text, expected) in texts.EnumerateArray().Select(text => text.GetString()!).Zip(recorded.GetProperty("expected").EnumerateArray()))
        {
            var encoding = tokenizer.Encode(text);
            var offsets = encoding.CodePointOffsets(text);
            var found = encoding.Tokens.Select((token, i) => $"{token}@{offsets[i].Start}-{offsets[i].End}").ToArray();
            var wanted = expected.EnumerateArray().Select(token => $"{token[0].GetString()}@{token[1]}-{token[2]}").ToArray();
            if (!found.SequenceEqual(wanted))
            {
                differences.Add($"{JsonSerializer.Serialize(text)}: {string.Join(' ', found)} INSTEAD OF {string.Join(' ', wanted)}");
            }

            tokenizer.Count(text).ShouldBe(wanted.Length);
        }

        differences.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(DecoderCases))]
    public void A_decoder_gives_the_text_of_the_reference(string name)
    {
        var recorded = Named("decoders", name);
        var tokens = recorded.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToArray();
        string[] vocabulary = [.. tokens.Distinct()];
        var model = $$"""{"type": "WordLevel", "unk_token": {{JsonSerializer.Serialize(tokens[0])}}, "vocab": {{JsonSerializer.Serialize(vocabulary.Index().ToDictionary(entry => entry.Item, entry => entry.Index))}} }""";
        var tokenizer = Load($$"""{"model": {{model}}, "decoder": {{recorded.GetProperty("decoder").GetRawText()}} }""");
        tokenizer.Decode([.. tokens.Select(token => tokenizer.TokenToId(token)!.Value)]).ShouldBe(recorded.GetProperty("text").GetString());
    }

    [Fact]
    public void Truncation_gives_the_parts_of_the_reference()
    {
        var tokenizer = Load(Recorded.GetProperty("truncation_tokenizer").GetRawText());
        var differences = new List<string>();
        foreach (var recorded in Recorded.GetProperty("truncation").EnumerateArray().Where(one => !one.TryGetProperty("error", out _)))
        {
            var (text, pair) = (recorded.GetProperty("a").GetString()!, recorded.GetProperty("b").GetString());
            var encoding = tokenizer.Encode(text, pair, new TokenizerOptions
            {
                MaxLength = recorded.GetProperty("max").GetInt32(),
                Truncation = Strategy(recorded),
                TruncationSide = recorded.GetProperty("direction").GetString() == "left" ? Side.Left : Side.Right,
                Stride = recorded.GetProperty("stride").GetInt32(),
                Overflow = true,
            });
            var found = string.Join(" | ", encoding.Overflowing.Prepend(encoding).Select(part => Show(part, text, pair)));
            var wanted = string.Join(" | ", recorded.GetProperty("overflowing").EnumerateArray().Prepend(recorded).Select(Show));
            if (found != wanted)
            {
                differences.Add($"{text} + {pair} {recorded.GetProperty("strategy")} {recorded.GetProperty("direction")} {recorded.GetProperty("stride")} {recorded.GetProperty("max")}: {found} INSTEAD OF {wanted}");
            }
        }

        differences.ShouldBeEmpty();
    }

    [Fact]
    public void Padding_gives_the_rectangles_of_the_reference()
    {
        var tokenizer = Load(Recorded.GetProperty("truncation_tokenizer").GetRawText());
        string[] texts = ["abc", "d", "ef"];
        foreach (var recorded in Recorded.GetProperty("padding").EnumerateArray())
        {
            var padded = tokenizer.Pad([.. texts.Select(text => tokenizer.Encode(text))], new PaddingOptions
            {
                Side = recorded.GetProperty("direction").GetString() == "left" ? Side.Left : Side.Right,
                Length = recorded.GetProperty("length") is { ValueKind: JsonValueKind.Number } length ? length.GetInt32() : null,
                MultipleOf = recorded.GetProperty("multiple") is { ValueKind: JsonValueKind.Number } multiple ? multiple.GetInt32() : 1,
                TypeId = 1,
            });
            padded.Select((encoding, i) => Show(encoding, texts[i], null)).ShouldBe(recorded.GetProperty("expected").EnumerateArray().Select(Show));
            padded.ShouldAllBe(encoding => !encoding.Truncated);
            padded[0].Tokens[^1].ShouldBe(padded[0].AttentionMask[^1] == 1 ? "</s>" : "<pad>");
        }
    }

    [Theory]
    [InlineData("abcd", null, TruncationStrategy.OnlySecond, 0, "no second text")]
    [InlineData("abcd", "efghij", TruncationStrategy.OnlyFirst, 0, "would remove 5 of the 4 tokens")]
    [InlineData("abcdefgh", null, TruncationStrategy.LongestFirst, 6, "The stride is 6, but a part has only 6 tokens")]
    public void Truncation_that_cannot_be_says_why(string text, string? pair, TruncationStrategy strategy, int stride, string message)
    {
        var tokenizer = Load(Recorded.GetProperty("truncation_tokenizer").GetRawText());
        var options = new TokenizerOptions { MaxLength = pair is null && stride == 0 ? 5 : 8, Truncation = strategy, Stride = stride, Overflow = true };
        Should.Throw<ArgumentException>(() => tokenizer.Encode(text, pair, options)).Message.ShouldContain(message);
    }

    [Fact]
    public void Offsets_are_given_in_bytes_too()
    {
        var tokenizer = Load("""{"pre_tokenizer": {"type": "Whitespace"}, "model": {"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0}}}""");
        const string Text = "né 世界 😀x";
        var encoding = tokenizer.Encode(Text);
        encoding.ByteOffsets(Text).ShouldBe([(0, 3), (4, 10), (11, 15), (15, 16)]);
        encoding.CodePointOffsets(Text).ShouldBe([(0, 2), (3, 5), (6, 7), (7, 8)]);
    }

    [Theory]
    [InlineData("[[:alpha:]]", "POSIX classes such as [:alpha:] are not supported")]
    [InlineData(@"(a)\1", @"'\1' is not supported")]
    [InlineData(@"a\Kb", @"'\K' is not supported")]
    [InlineData(@"\p{Cyrillic}", "the property 'Cyrillic' is not supported")]
    [InlineData("(?~a)", "the group '(?~' is not supported")]
    [InlineData("(?s)a", "the group '(?s' is not supported")]
    [InlineData("(a", "a '(' is not closed")]
    [InlineData("a)", "a ')' has no '(' before it")]
    [InlineData("[a", "a set is not closed")]
    [InlineData("*a", "a '*' has nothing before it to repeat")]
    [InlineData("a{3,2}", "from 3 to 2 times")]
    [InlineData("a{1000}{1000}", "more than 1000 instructions")]
    [InlineData("(?:(?:a?){30}){30}", "more than 1000 instructions")]
    [InlineData("a{999999}", "more than 100000 times")]
    [InlineData("(?>(?:ab)*)c", "possessive")]
    [InlineData("(?<=a*)b", "does not have a fixed length")]
    [InlineData(@"\x{110000}", "is not the code point of a character")]
    [InlineData("\\", "nothing follows")]
    public void A_regular_expression_that_is_not_understood_is_named_with_its_file(string pattern, string message)
    {
        var json = $$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(pattern)}} }, "behavior": "Isolated"}, "model": {"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0} } }""";
        var exception = Should.Throw<TokenizerFormatException>(() => Load(json));
        exception.Message.ShouldContain("tokenizer.json: pre_tokenizer.pattern.Regex: the regular expression '" + pattern);
        exception.Message.ShouldContain(message);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Long_texts_have_the_tokens_of_short_ones(string name)
    {
        // A text can be split between plain words; the words of the case are repeated.
        var tokenizer = Load(Named("cases", name).GetProperty("tokenizer").GetRawText());
        var text = string.Concat(Enumerable.Repeat("aab abc, x 12 b. ", 400));
        var whole = tokenizer.Encode(text);
        var truncated = tokenizer.Encode(text, options: new TokenizerOptions { MaxLength = 9 });
        truncated.Ids.ToArray().ShouldBe(whole.Ids[..Math.Min(9, whole.Count)].ToArray());
        truncated.Offsets.ToArray().ShouldBe(whole.Offsets[..truncated.Count].ToArray());
        truncated.Truncated.ShouldBe(whole.Count > 9);
        tokenizer.Count(text).ShouldBe(whole.Count);
    }

    private static TruncationStrategy Strategy(JsonElement recorded) => recorded.GetProperty("strategy").GetString() switch
    {
        "only_first" => TruncationStrategy.OnlyFirst,
        "only_second" => TruncationStrategy.OnlySecond,
        _ => TruncationStrategy.LongestFirst,
    };

    private static string Show(Encoding encoding, string text, string? pair) => string.Join(
        '/',
        string.Join(',', encoding.Ids.ToArray()),
        string.Join(',', encoding.TypeIds.ToArray()),
        string.Join(',', encoding.CodePointOffsets(text, pair).SelectMany(range => new[] { range.Start, range.End })),
        string.Join(',', encoding.SpecialTokensMask.ToArray()),
        string.Join(',', encoding.AttentionMask));

    private static string Show(JsonElement recorded) => string.Join(
        '/',
        new[] { "ids", "type_ids", "offsets", "special", "attention" }.Select(name => string.Join(',', recorded.GetProperty(name).EnumerateArray().Select(number => number.GetInt32()))));

    private static JsonElement Named(string list, string name) =>
        Recorded.GetProperty(list).EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

    private static Tokenizer Load(string members)
    {
        using var folder = new TemporaryFolder();
        var json = System.Text.Json.Nodes.JsonNode.Parse(members)!.AsObject();
        json.TryAdd("model", System.Text.Json.Nodes.JsonNode.Parse("""{"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0]]}"""));
        folder.Write("tokenizer.json", json.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }

    private static JsonElement Read()
    {
        using var stream = typeof(GrammarTests).Assembly.GetManifestResourceStream("grammar.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
