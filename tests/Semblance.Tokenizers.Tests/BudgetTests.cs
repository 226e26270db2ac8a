using System.IO.Compression;

namespace Semblance.Tokenizers.Tests;

/// <summary>
/// Tests that an untrusted tokenizer takes time and memory in proportion to its files and the text, or is refused with the name of the
/// file.
/// </summary>
public class BudgetTests
{
    private const string Words = """{"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 1}}""";

    [Fact]
    public void Rules_that_multiply_a_text_are_refused_at_load()
    {
        var rule = $$"""{"type": "Replace", "pattern": {"String": "a"}, "content": "{{new string('a', 40)}}"}""";
        Fault($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{rule}}, {"type": "Sequence", "normalizers": [{{rule}}]}]}, "model": {{Words}}}""")
            .ShouldBe("tokenizer.json: the normalizer's rules can make a text 1600 times as long, expected at most 256 times.");
        Fault($$"""{"normalizer": {"type": "Prepend", "prepend": "{{new string('a', 300)}}"}, "model": {{Words}}}""").ShouldContain("301 times as long");
        Fault($$"""{"normalizer": {"type": "Replace", "pattern": {"Regex": "x*"}, "content": "{{new string('a', 300)}}"}, "model": {{Words}}}""").ShouldContain("301 times as long");
        Fault($$"""{"decoder": {"type": "Sequence", "decoders": [{{rule}}, {{rule}}]}, "model": {{Words}}}""")
            .ShouldBe("tokenizer.json: the decoder's rules can make a text 1600 times as long, expected at most 256 times.");

        // A rule alone, and any number of rules that do not make a text longer.
        Load($$"""{"normalizer": {{rule}}, "model": {{Words}}}""").Encode("a").Count.ShouldBe(1);
        var same = """{"type": "Replace", "pattern": {"String": "ab"}, "content": "ba"}""";
        Load($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{string.Join(',', Enumerable.Repeat(same, 50))}}]}, "model": {{Words}}}""").Encode("abab").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("normalizer", "normalizers", "NFC")]
    [InlineData("pre_tokenizer", "pretokenizers", "Whitespace")]
    [InlineData("decoder", "decoders", "Fuse")]
    public void A_sequence_of_very_many_parts_is_refused_at_load(string component, string list, string type)
    {
        string Parts(int count) => string.Join(',', Enumerable.Repeat($$"""{"type": "{{type}}"}""", count));
        string File(int own, int inner) => $$"""{"{{component}}": {"type": "Sequence", "{{list}}": [{{Parts(own)}}, {"type": "Sequence", "{{list}}": [{{Parts(inner)}}]}]}, "model": {{Words}}}""";
        Load(File(100, 155)).Encode("a").Count.ShouldBe(1);
        Fault(File(100, 156)).ShouldBe($"tokenizer.json: {component}.{list}: found 257 parts, expected at most 256.");
    }

    [Fact]
    public void A_very_long_regular_expression_is_refused_before_it_is_read() =>
        Fault($$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "{{string.Concat(Enumerable.Repeat("a|", 40_000))}}b"}, "behavior": "Isolated", "invert": false}, "model": {{Words}}}""")
            .ShouldContain("it has 80001 characters, expected at most 65536");

    [Fact]
    public void A_text_that_grows_beyond_all_measure_is_refused_by_the_name_of_the_file()
    {
        // U+FDFA is 18 characters in compatibility decomposition, and the rules make each of some of them U+FDFA again.
        var rules = """{"type": "Replace", "pattern": {"Regex": "[a\\u0644\\u0635\\u0648\\u064A\\u0633\\u0645\\u0639]"}, "content": "\uFDFA"}, {"type": "NFKD"}""";
        var tokenizer = Load($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{string.Join(',', Enumerable.Repeat(rules, 4))}}]}, "model": {{Words}}}""");
        tokenizer.Encode("x").Count.ShouldBe(1);
        Should.Throw<TokenizerFormatException>(() => tokenizer.Encode(new string('a', 1000))).Message
            .ShouldBe("tokenizer.json: the normalizer and pre-tokenizer make a text more than 256 times as long; expected rules that do not.");
        tokenizer.Encode("x").Count.ShouldBe(1);

        var levels = string.Join(',', Enumerable.Repeat("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""", 40));
        var bytes = Load($$"""{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{{levels}}]}, "model": {{Words}}}""");
        Should.Throw<TokenizerFormatException>(() => bytes.Encode("é")).Message.ShouldContain("more than 256 times");
    }

    [Fact]
    public void A_character_map_cannot_hold_more_than_its_bytes()
    {
        // Each of 2000 leaves points to the next byte of the same text.
        byte[] trie = [.. Enumerable.Range(0, 2000).SelectMany(place => BitConverter.GetBytes((1u << 31) | (uint)place))];
        var map = Convert.ToBase64String([.. BitConverter.GetBytes(trie.Length), .. trie, .. Enumerable.Repeat((byte)'a', 2000), 0]);
        Fault($$"""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "{{map}}"}, "model": {{Words}}}""")
            .ShouldContain("points to more than the 2001 bytes of its replacements");
    }

    [Fact]
    public void Spaces_before_nothing_are_split_by_a_pattern_that_looks_for_what_follows_them()
    {
        var tokenizer = Load($$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(?:\\s*[\\p{L}\\p{M}]+)|\\d|[^\\w\\s]"}, "behavior": "Isolated"}, "model": {{Words}}}""");
        tokenizer.Encode(new string(' ', 1_000_000)).Count.ShouldBe(1);
        tokenizer.Encode(new string(' ', 1000) + "a b1").Tokens.Count.ShouldBe(3);
    }

    [Fact]
    public void Added_tokens_without_a_space_between_them_are_each_found()
    {
        var tokenizer = Load($$"""{"added_tokens": [{"id": 2, "content": "<m>", "special": true}, {"id": 3, "content": "<m>m", "normalized": false}], "pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {{Words}}}""");
        var encoding = tokenizer.Encode(string.Concat(Enumerable.Repeat("<m><m>mm", 100_000)));
        encoding.Count.ShouldBe(300_000);
        encoding.Ids[..6].ToArray().ShouldBe([2, 3, 0, 2, 3, 0]);
        tokenizer.Count(string.Concat(Enumerable.Repeat("<m>a ", 1000))).ShouldBe(2000);
    }

    [Theory]
    [InlineData("""["a", 1e400]""", "the score of 'a' is not a finite number")]
    [InlineData("""["a", "x"]""", "the score of 'a' is not a finite number")]
    public void A_score_that_is_not_a_number_is_refused_by_its_token(string entry, string message) =>
        Fault($$"""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["u", 0], {{entry}}]} }""").ShouldContain(message);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_piece_with_a_score_that_is_not_a_number_is_refused_by_its_name(float score)
    {
        using var folder = new TemporaryFolder().Write("spiece.model", SentencePiece(false, ("<unk>", 0, 2), ("a", score, 1)));
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldEndWith("spiece.model: the score of piece 1, 'a', is not a finite number.");
    }

    [Fact]
    public void The_merges_of_a_SentencePiece_model_are_all_ways_to_make_a_piece_of_two_others()
    {
        (string, float, byte)[] pieces =
        [
            ("<unk>", 0, 2), ("▁", -9, 1), ("a", -1, 1), ("b", -2, 1), ("😀", -3, 1), ("ab", -4, 1), ("▁a", -3.5f, 1), ("b😀", -5, 1), ("▁ab", -6, 1), ("ab😀", -5.5f, 1), (new string('a', 5000), -7, 1),
        ];
        using var folder = new TemporaryFolder().Write("tokenizer.model", SentencePiece(true, pieces));
        var tokenizer = Tokenizer.Load(folder.Path);

        // ▁a comes before ab, then of ▁a b 😀 the merge of b 😀 before that of ▁a b.
        tokenizer.Encode("ab😀").Tokens.ShouldBe(["▁a", "b😀"]);
        tokenizer.Encode("ab").Tokens.ShouldBe(["▁ab"]);
        tokenizer.Encode("bab😀").Tokens.ShouldBe(["▁", "b", "ab😀"]);
    }

    [Fact]
    public void A_token_given_twice_is_one()
    {
        using var folder = new TemporaryFolder()
            .Write("spiece.model", SentencePiece(false, ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", -1, 1), ("▁", -1, 1)))
            .Write("tokenizer_config.json", """{"tokenizer_class": "XLMRobertaTokenizer", "mask_token": "<s>", "pad_token": "</s>"}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.Encode("a").Tokens.ShouldBe(["<s>", "▁", "a", "</s>"]);

        folder.Write("vocab.json", """{"a": 0, "<s>": 1, "</s>": 2}""").Write("merges.txt", "")
            .Write("tokenizer_config.json", """{"tokenizer_class": "RobertaTokenizer", "cls_token": "<unk>", "added_tokens_decoder": {"1": {"content": "x"}, "0": {"content": "x"}}}""");
        Tokenizer.Load(folder.Path).Encode("ax").Ids.ToArray().ShouldBe([3, 0, 6, 2]); // numbered after the special tokens that the vocabulary lacks
    }

    [Fact]
    public void Long_tokens_are_refused_where_they_are_looked_for_at_every_place()
    {
        var token = new string('a', 1025);
        Fault($$"""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["u", 0], ["{{token}}", 0]]} }""").ShouldContain("the token 'aaaaaaaaaaaaaaaaaaaa…' has 1025 characters, expected at most 1024");
        Fault($$"""{"model": {"type": "WordPiece", "unk_token": "u", "vocab": {"u": 0, "{{token}}": 1} } }""").ShouldContain("has 1025 characters");
        Fault($$"""{"added_tokens": [{"id": 5, "content": "{{token}}"}], "model": {{Words}}}""").ShouldContain("added tokens: the token 'aaaa");
        Load($$"""{"model": {"type": "BPE", "vocab": {"a": 0, "{{token}}": 1}, "merges": []} }""").TokenToId(token).ShouldBe(1);
    }

    [Fact]
    public void Ids_with_enormous_gaps_are_refused()
    {
        Fault("""{"model": {"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 16777215}}}""")
            .ShouldContain("tokenizer.json: model.vocab: the id 16777215 of 'a' leaves gaps: the vocabulary has 2 tokens, expected ids up to 1048576");
        Load("""{"model": {"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 250000}}}""").TokenToId("a").ShouldBe(250000);
    }

    [Fact]
    public void A_template_has_each_text_once_and_a_bounded_number_of_special_tokens()
    {
        string Template(string pair, string ids = "[0]") => $$"""
            {"post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"} }], "pair": [{{pair}}], "special_tokens": {"s": {"ids": {{ids}} } } }, "model": {{Words}} }
            """;
        Fault(Template("""{"Sequence": {"id": "A"}}, {"Sequence": {"id": "A"}}""")).ShouldContain("the template 'pair' has the text 'A' twice, expected once");
        Fault(Template("""{"SpecialToken": {"id": "s"}}""", $"[{string.Join(',', Enumerable.Repeat("0", 5000))}]")).ShouldContain("the template 'pair' has more than 4096 parts");
    }

    [Fact]
    public void The_size_of_a_vocabulary_covers_the_ids_of_its_template()
    {
        var tokenizer = Load($$"""{"post_processor": {"type": "BertProcessing", "cls": ["c", 7], "sep": ["s", 3]}, "model": {{Words}}}""");
        tokenizer.Encode("a").Ids.ToArray().ShouldBe([7, 1, 3]);
        tokenizer.VocabularySize.ShouldBe(8);
    }

    [Fact]
    public void Padding_beyond_what_an_array_can_have_is_an_argument_out_of_range()
    {
        var tokenizer = Tokenizer.CreateBert(Vocabulary.Small);
        var encoding = tokenizer.Encode("the");
        Should.Throw<ArgumentOutOfRangeException>(() => tokenizer.Pad([encoding], new PaddingOptions { Length = int.MaxValue, MultipleOf = 64 }));
        Should.Throw<ArgumentOutOfRangeException>(() => tokenizer.Pad([encoding], new PaddingOptions { Length = -5 }));
        tokenizer.Pad([encoding], new PaddingOptions { Length = 5, MultipleOf = 8 })[0].Count.ShouldBe(8);
    }

    [Fact]
    public void The_extra_ids_of_T5_are_bounded()
    {
        using var folder = new TemporaryFolder().Write("spiece.model", SentencePiece(false, ("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2), ("a", -1, 1)))
            .Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 16000000}""");
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldContain("extra_ids 16000000, expected at most 10000");
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 3}""");
        Tokenizer.Load(folder.Path).TokenToId("<extra_id_0>").ShouldBe(6);
    }

    [Fact]
    public void Files_in_other_encodings_are_named()
    {
        using var folder = new TemporaryFolder().Write("vocab.txt", [.. System.Text.Encoding.Unicode.GetPreamble(), .. System.Text.Encoding.Unicode.GetBytes("[UNK]\n[CLS]\n[SEP]\n")]);
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldEndWith("vocab.txt: the text is UTF-16, expected UTF-8; convert it.");

        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            zip.Write("a b\n"u8);
        }

        folder.Write("vocab.json", """{"a": 0}""").Write("merges.txt", memory.ToArray());
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldEndWith("merges.txt: the file is compressed by gzip, expected one merge per line; unpack it.");
    }

    [Fact]
    public void A_message_is_short_however_long_a_name_in_the_file_is()
    {
        var message = Fault($$"""{"normalizer": {"type": "{{new string('x', 100_000)}}"}, "model": {{Words}}}""");
        message.Length.ShouldBeLessThan(1100);
        message.ShouldStartWith("tokenizer.json: normalizer type 'xxx");
        message.ShouldEndWith("Strip, StripAccents.");
    }

    private static Tokenizer Load(string json) => Tokenizer.FromJson(json);

    private static string Fault(string json) => Should.Throw<TokenizerFormatException>(() => Load(json)).Message;

    private static byte[] SentencePiece(bool isBpe, params (string Text, float Score, byte Kind)[] pieces) =>
    [
        .. pieces.SelectMany(piece => Field(1, [.. Field(1, System.Text.Encoding.UTF8.GetBytes(piece.Text)), 0x15, .. BitConverter.GetBytes(piece.Score), 0x18, piece.Kind])),
        .. Field(2, [0x18, (byte)(isBpe ? 2 : 1)]),
    ];

    private static byte[] Field(int number, byte[] content)
    {
        var header = new List<byte> { (byte)((number << 3) | 2) };
        var length = content.Length;
        for (; length >= 128; length >>= 7)
        {
            header.Add((byte)((length & 127) | 128));
        }

        return [.. header, (byte)length, .. content];
    }
}
