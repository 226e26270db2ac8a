using Semblance.ChatTemplates;
using Semblance.Cli;
using Semblance.Generation;
using Semblance.Tokenizers;
using Semblance.Training;
using Semblance.Transformers;
using Semblance.Transformers.Images;
using Semblance.Words;

namespace Semblance.Fuzzing;

/// <summary>The other kinds of files that a stranger may have written.</summary>
internal static class FileTargets
{
    private const string Recipe = """
        model: MODEL
        output: o
        seed: 7
        steps: 3
        rate: 5e-4
        schedule: {cosine: {warmup: 0.1}}
        optimizer: {AdamW: {weight-decay: 0.01, rules: [{pattern: bias, weight-decay: 0}]}}
        accumulation: 2
        gradient-clip: 1
        datasets:
          - &d
            name: d
            files: d.tsv
            texts: [first, second]
            score: score
            score-range: [0, 5]
            loss: {MatryoshkaLoss: {loss: {CoSENTLoss: {scale: 20}}, dimensions: [32, 16], weights: [1, 0.5]}}
            batch-size: 2
            sampler: shuffle
        evaluate: {every: 1, on: {task: sts, name: s, file: d.tsv, texts: [first, second], score: score}}
        keep: best
        vary:
          rate: [1e-4, 1e-3]
          model: {own: MODEL}
        card: {name: n, languages: [en], license: mit}
        """;

    private const string Template = """
        {%- if messages[0].role == 'system' %}{{ messages[0].content | trim }}{% endif %}
        {%- set a = messages | selectattr('role', 'eq', 'query') | map(attribute='content') | first | default('none') -%}
        {# the pair #}
        {% for m in messages %}{% if not loop.first and m.content is defined %}{{ '<' ~ m.role ~ '>' + m['content'] }}{% elif loop.last %}{{ loop.index0 }}{% else %}{{ "a\n" }}{% endif %}
        {% endfor %}
        """;

    private static readonly object?[] Messages =
        [.. new[] { "system", "query", "document" }.Select(role => new Dictionary<string, object?> { ["role"] = role, ["content"] = "some text" })];

    static FileTargets() => Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1"); // a recipe may name any model

    private static string[] JpegSeeds => ["color", "progressive", "restart-markers", "full-chroma", "gray", "cmyk"];

    /// <summary>One target for each.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("png", PngSeeds.All, input => ImageReader.Default.Read(PngSeeds.WithChecksums(input["i.png"])), typeof(ImageFormatException)),
        new("jpeg", [.. JpegSeeds.Select(name => new FuzzInput(new Dictionary<string, byte[]> { ["i.jpg"] = File.ReadAllBytes(Fixtures.Own($"images/{name}.jpg")) }))], input => ReadTwice(input["i.jpg"]), typeof(ImageFormatException)),
        new("recipe", [new FuzzInput(new Dictionary<string, byte[]> { ["r.yaml"] = System.Text.Encoding.UTF8.GetBytes(Recipe) })], Prepare) { Bytes = 512 << 20, Share = 0.3 },
        new("chat-template", [FuzzInput.Of("t.jinja", Template)], input => new ChatTemplate("t.jinja", System.Text.Encoding.UTF8.GetString(input["t.jinja"])).Render([new("messages", Messages)]), typeof(ModelFormatException)),
        new(
            "preprocessor_config.json",
            [
                FuzzInput.Of("preprocessor_config.json", """{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 8}, "crop_size": {"height": 8, "width": 8}, "resample": 3, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "rescale_factor": 0.004}"""),
                FuzzInput.Of("preprocessor_config.json", """{"image_processor_type": "ViTImageProcessor", "size": {"height": 8, "width": 9}, "do_resize": true, "do_normalize": false, "resample": 2}"""),
            ],
            input => ImageProcessor.Load(input.Folder).Process(new RgbImage(5, 7, new byte[105])).Dispose(),
            typeof(ModelFormatException), typeof(ArgumentException)) { Bytes = 512 << 20 }, // an image may come out too large
        new(
            "generation_config.json",
            [FuzzInput.Of("generation_config.json", """{"max_new_tokens": 5, "do_sample": true, "temperature": 0.5, "top_k": 3, "top_p": 0.9, "eos_token_id": [1, 2], "bad_words_ids": null, "num_beams": 1, "repetition_penalty": 1.1, "suppress_tokens": [3], "early_stopping": "never"}""")],
            input => GenerationConfig.Load(input.Folder),
            typeof(ModelFormatException)),
        new("words.txt", [FuzzInput.Of("w.txt", "2 3\nsun 1 2 3\nmoon 4 5e-1 -6\n")], input => WordVectors.ReadAsync(Path.Combine(input.Folder, "w.txt")).GetAwaiter().GetResult(), typeof(ModelFormatException)),
        new(
            "word-tokenizer",
            [FuzzInput.Of("phrasetokenizer_config.json", """{"vocab": ["new", "york", "new_york", "sun"], "stop_words": ["the"], "do_lower_case": false, "ngram_separator": "_", "max_ngram_length": 5}""")],
            input => PhraseTokenizer.Load(input.Folder).Tokenize("The sun in New York, new york!"),
            typeof(ModelFormatException)),
        new(
            "idf.json",
            [FuzzInput.Of("idf.json", """{"a": 1.5, "[UNK]": 0, "b": 2}""")],
            input => Modules.SparseStaticEmbeddingModule.FromJson(Path.Combine(input.Folder, "idf.json"), Tokenizer.Load(Fixtures.Own("st/splade"))),
            typeof(ModelFormatException)),
        new(
            "log.jsonl",
            [FuzzInput.Of("log.jsonl", "{\"step\":1,\"dataset\":\"d\",\"loss\":0.5,\"gradient_norm\":1,\"learning_rate\":0.1,\"evaluation\":{\"primary\":\"a\",\"metrics\":{\"a\":0.5}}}\n{\"step\":2,\"dataset\":\"d\",\"loss\":null,\"gradient_norm\":1,\"learning_rate\":0.1}\n")],
            input => TrainingLog.Load(input.Folder),
            typeof(FormatException)),
    ];

    // Up to the first step; what fails must have a sentence of its own.
    private static void Prepare(FuzzInput input)
    {
        var path = Path.Combine(input.Folder, "r.yaml");
        File.WriteAllText(path, System.Text.Encoding.Latin1.GetString(input["r.yaml"]).Replace("MODEL", Fixtures.Own("st/mean-normalize"), StringComparison.Ordinal), System.Text.Encoding.Latin1);
        File.WriteAllText(Path.Combine(input.Folder, "d.tsv"), "first\tsecond\tscore\na\tb\t1\nc\td\t0\ne f\tg\t5\n");
        try
        {
            var recipe = Training.Recipes.Recipe.Load(path, new Training.Recipes.RecipeOptions { DataFolder = input.Folder, Output = Path.Combine(input.Folder, "out") });
            foreach (var variant in recipe.Variants.Take(2))
            {
                variant.PrepareAsync().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException && !Failure.Describe(e).Contains("Please report this", StringComparison.Ordinal))
        {
            // It is told in one sentence.
        }
    }

    // Pixels that a decoder leaves undefined would differ.
    private static void ReadTwice(byte[] image)
    {
        var first = ImageReader.Default.Read(image);
        if (!ImageReader.Default.Read(image).Pixels.SequenceEqual(first.Pixels))
        {
            throw new InvalidOperationException("The same file gave different pixels.");
        }
    }
}
