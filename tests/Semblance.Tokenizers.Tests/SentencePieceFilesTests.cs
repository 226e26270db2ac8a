using System.IO.Compression;
using static Semblance.Tokenizers.Tests.SentencePieceBytes;

namespace Semblance.Tokenizers.Tests;

/// <summary>Tests what the converters of the reference add to the vocabulary of a model. The ids follow from their rules.</summary>
public class SentencePieceFilesTests
{
    private static readonly (string Text, float Score, int Kind)[] Start = [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control)];

    [Theory]
    [InlineData("9,", new[] { "▁9", "," })] // -6, where "▁" and "9," would have -4
    [InlineData("9", new[] { "▁9" })]
    [InlineData("a,", new[] { "▁", "a," })]
    public void Albert_prefers_a_number_and_a_comma_to_a_number_with_a_comma(string text, string[] tokens)
    {
        var tokenizer = Load("AlbertTokenizer", """ "unk_token": "[UNK]" """, Write(
            1, ("<pad>", 0, Control), ("[UNK]", 0, Unknown), ("[CLS]", 0, Control), ("[SEP]", 0, Control), ("[MASK]", 0, Control),
            ("▁", -3, Normal), ("▁9", -2, Normal), (",", -4, Normal), ("9,", -1, Normal), ("a,", -1, Normal), ("a", -9, Normal)));
        tokenizer.Encode(text).Tokens.ShouldBe(["[CLS]", .. tokens, "[SEP]"]);
    }

    [Theory]
    [InlineData("", "ab ab", new[] { 1, 6, 6 }, "ab ab")]
    [InlineData(""" "legacy": true """, "<s>ab", new[] { 1, 1, 6 }, "ab")]
    [InlineData(""" "legacy": false """, "<s>ab", new[] { 1, 1, 5 }, "ab")] // only the word at the text's beginning has a space
    [InlineData(""" "legacy": false """, "ab ab", new[] { 1, 6, 6 }, "ab ab")]
    [InlineData(""" "add_prefix_space": false """, "ab ab", new[] { 1, 5, 6 }, "ab ab")]
    [InlineData(""" "add_bos_token": false, "add_eos_token": true """, "ab", new[] { 6, 2 }, "ab")]
    [InlineData("", "é", new[] { 1, 7, 8, 9 }, "é")] // bytes
    [InlineData("", "a<tool>b", new[] { 1, 7, 3, 10, 7, 4 }, "a<tool> b")] // a user-defined piece is found in the text
    public void Llama_goes_by_its_options(string options, string text, int[] ids, string decoded)
    {
        var tokenizer = Load("LlamaTokenizer", options, Write(
            2, [.. Start, ("a", -4, Normal), ("b", -4, Normal), ("ab", -1, Normal), ("▁ab", -2, Normal), ("▁", -3, Normal), ("<0xC3>", 0, 6), ("<0xA9>", 0, 6), ("<tool>", 0, UserDefined)]));
        tokenizer.Encode(text).Ids.ToArray().ShouldBe(ids);
        tokenizer.Decode(ids).ShouldBe(decoded);
        (tokenizer.TokenToId("<s>"), tokenizer.TokenToId("</s>"), tokenizer.UnknownId).ShouldBe((1, 2, 0));
    }

    [Fact]
    public void Gemma_adds_no_space_and_finds_tabs_and_turns()
    {
        var tokenizer = Load("GemmaTokenizer", "", Write(
            2, ("<pad>", 0, Control), ("<eos>", 0, Control), ("<bos>", 0, Control), ("<unk>", 0, Unknown), ("<0x09>", 0, 6), ("a", -3, Normal), ("▁", -3, Normal), ("▁a", -1, Normal),
            ("<start_of_turn>", 0, UserDefined), ("<unused0>", 0, UserDefined)));
        tokenizer.Encode("a a\ta").Ids.ToArray().ShouldBe([2, 5, 7, 4, 5]);
        var turn = tokenizer.Encode("<start_of_turn>a<unused0>").Ids.ToArray();
        turn.ShouldBe([2, 8, 5, 9]);
        tokenizer.Decode(turn).ShouldBe("a<unused0>");
        (tokenizer.PaddingId, tokenizer.UnknownId).ShouldBe((0, 3));
    }

    [Theory]
    [InlineData("MBartTokenizer", "", new[] { 4, 2, 8 }, 30)] // en_XX is the fourth of 25 languages
    [InlineData("MBartTokenizer", """ "src_lang": "ar_AR" """, new[] { 4, 2, 5 }, 30)]
    [InlineData("MBart50Tokenizer", """ "src_lang": "sl_SI" """, new[] { 56, 4, 2 }, 57)]
    public void MBart_has_languages_behind_its_pieces_and_around_texts(string name, string options, int[] ids, int mask)
    {
        var tokenizer = Load(name, options, Write(1, [.. Start, ("▁a", -1, Normal)]));
        tokenizer.Encode("a").Ids.ToArray().ShouldBe(ids);
        (tokenizer.PaddingId, tokenizer.UnknownId, tokenizer.MaskId, tokenizer.VocabularySize).ShouldBe((1, 3, mask, mask + 1));
        tokenizer.Encode("a <mask>").Tokens.ShouldContain(" <mask>");
    }

    [Theory]
    [InlineData("", "</s>a", new[] { 1, 5, 1 })]
    [InlineData(""" "legacy": false """, "</s>a", new[] { 1, 3, 1 })]
    [InlineData(""" "add_prefix_space": false """, "a", new[] { 3, 1 })]
    public void T5_goes_by_its_options(string options, string text, int[] ids) => Load(
        "T5Tokenizer", $""" "extra_ids": 0 {(options.Length > 0 ? "," : "")} {options}""",
        Write(1, ("<pad>", 0, Control), ("</s>", 0, Control), ("<unk>", 0, Unknown), ("a", -2, Normal), ("▁", -2, Normal), ("▁a", -1, Normal))).Encode(text).Ids.ToArray().ShouldBe(ids);

    [Fact]
    public void Tokens_beside_a_model_are_added()
    {
        using var folder = new TemporaryFolder();
        folder.Write("spiece.model", Write(1, ("<pad>", 0, Control), ("</s>", 0, Control), ("<unk>", 0, Unknown), ("▁a", -1, Normal)))
            .Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 2, "additional_special_tokens": ["<doc>"]}""").Write("added_tokens.json", """{"word": 6}""");
        Tokenizer.Load(folder.Path).Encode("<doc>word a<extra_id_0>").Ids.ToArray().ShouldBe([7, 6, 3, 5, 1]);
    }

    // The converter of the reference made the tokenizer.json of each.
    [SharedTheory]
    [InlineData("albert-base-v2", "albert_spiece", "AlbertTokenizer", "")]
    [InlineData("spm30k-deberta-v2-punct-lower", "albert_spiece", "DebertaV2Tokenizer", """ "do_lower_case": true, "split_by_punct": true """)]
    [InlineData("spm1k-xlm-roberta", "test_sentencepiece", "XLMRobertaTokenizer", "")]
    [InlineData("spm1k-camembert", "test_sentencepiece", "CamembertTokenizer", "")]
    [InlineData("spm1k-t5", "test_sentencepiece", "T5Tokenizer", "")]
    [InlineData("spm1k-bpe", "test_sentencepiece_bpe", "CamembertTokenizer", "")]
    public void A_model_gives_the_ids_of_its_conversion_for_numbers_punctuation_and_spaces(string folder, string model, string name, string options)
    {
        var read = Load(name, options, File.ReadAllBytes(Fixtures.InShared($"fixtures/tokenizers/sentencepiece/{model}.model")));
        using var converted = new TemporaryFolder();
        using var packed = new GZipStream(File.OpenRead(Fixtures.InShared($"fixtures/tokenizers/{folder}/tokenizer.json.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(packed);
        var expected = Tokenizer.Load(converted.Write("tokenizer.json", reader.ReadToEnd()).Path);
        var random = new Random(5);
        string[] parts = ["3.14159", "2,718,281", "1,", "9,9", "½", "²,", "٣,", "１,２", ",", ".", "...", "''", "``", "\"", "(a)", "É", "e\u0301", "ﬁ", " ", "  ", "\t", "\u00A0", "\u3000", "\n", "▁", "The", "dog", "$1,000.00", "-5", "<s>", "x"];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)] + (random.Next(3) == 0 ? " " : "")));
            read.Encode(text).Ids.ToArray().ShouldBe(expected.Encode(text).Ids.ToArray(), text);
        }
    }

    private static Tokenizer Load(string name, string options, byte[] model)
    {
        using var folder = new TemporaryFolder();
        folder.Write("spiece.model", model).Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}"{{(options.Length > 0 ? "," : "")}} {{options}}}""");
        return Tokenizer.Load(folder.Path);
    }
}
