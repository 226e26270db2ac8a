using System.IO.Compression;
using Semblance.Checkpoints;
using Semblance.Cli;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Training;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Fuzzing;

/// <summary>Folders that the library and the command write: models of few-used modules, indexes, caches, trainings; and sets of data.</summary>
internal static class FolderTargets
{
    private const int Width = 4;

    private static readonly Type[] OfModels =
        [typeof(ModelFormatException), typeof(CheckpointFormatException), typeof(TokenizerFormatException), typeof(FileNotFoundException), typeof(DirectoryNotFoundException)];

    private static readonly string[] Words = ["the", "sun", "new", "york", "new_york"];

    /// <summary>One target for each.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Models("bag-of-words", Model(new BoWModule(Words, new Dictionary<string, float> { ["sun"] = 2.5f }, 0.5f), new NormalizeModule())),
        Models("static-embedding", Model(Static(), new NormalizeModule()), Model2Vec()),
        Models(
            "word-embeddings",
            Model(new WordEmbeddingsModule(new WhitespaceTokenizer(Words, ["the"]), Random(Words.Length, Width)), new WordWeightsModule(Words, new Dictionary<string, float> { ["sun"] = 2.5f }), new PoolingModule(Width, [Pooling.Mean])),
            Model(new WordEmbeddingsModule(new PhraseTokenizer(Words), Random(Words.Length, Width)), LSTMModule.CreateRandom(Width, 3), new PoolingModule(6, [Pooling.Max, Pooling.Mean]), new DropoutModule())),
        Models("router", Model(RouterModule.ForQueryAndDocument([Static(), new NormalizeModule()], [new WordEmbeddingsModule(new WhitespaceTokenizer(Words), Random(Words.Length, Width)), new PoolingModule(Width, [Pooling.Mean])]), new NormalizeModule())),
        new("multi-vector", [MultiVector()], input => MultiVectorEncoder.Load(input.Folder).EncodeQuery(["hello sun"]), OfModels) { BytesPerByte = 512, Share = 0.5 },
        new("sparse-static", [Saved(folder => new SparseEncoder([new SparseStaticEmbeddingModule(Tokenizer(), Tensor.From(Random(1, Tokenizer().VocabularySize).Values, Tokenizer().VocabularySize))]).Save(folder))], input => SparseEncoder.Load(input.Folder).Encode("hello sun"), OfModels) { BytesPerByte = 512 },
        new(
            "index",
            [FuzzInput.Read(Fixtures.Own("index-format-1"))],
            input =>
            {
                using var index = HnswIndex.OpenReadOnly(input.Folder);
                index.Search([1f, 0, 0, 0]);
                HnswIndex.Verify(input.Folder);
            },
            typeof(IndexFormatException), typeof(FileNotFoundException)),
        new("data", [.. Data()], ReadData, typeof(DatasetException)),
        new(
            "hub-cache",
            [new FuzzInput(new Dictionary<string, byte[]> { ["models--a--b/refs/main"] = System.Text.Encoding.ASCII.GetBytes(new string('a', 40)), [$"models--a--b/snapshots/{new string('a', 40)}/config.json"] = "{}"u8.ToArray(), [$"models--a--b/snapshots/{new string('a', 40)}/model.safetensors"] = [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8] })],
            input =>
            {
                using var hub = new HubClient(new HubOptions { CacheFolder = input.Folder, Offline = true });
                hub.FindCached("a/b");
                hub.DownloadAsync("a/b").GetAwaiter().GetResult();
            },
            typeof(HubException)),
        new("training-checkpoint", [Training()], Resume) { Share = 0.1, Bytes = 512 << 20 },
        new(
            "data-commands",
            [.. Data().Where(input => !input.Files.Keys.Single().EndsWith(".gz", StringComparison.Ordinal))],
            input =>
            {
                var file = input.Files.Keys.Single();
                Command(input.Folder, "index", "build", "--index", Path.Combine(input.Folder, "index"), "--model", Fixtures.Own("st/mean-normalize"), "--input", file);
                Command(input.Folder, "evaluate", "--task", "sts", "--data", file, "--columns", "a,b", "--model", Fixtures.Own("st/mean-normalize"));
                Command(input.Folder, "deduplicate", "--input", file, "--model", Fixtures.Own("st/mean-normalize"));
            }) { Share = 0.1, Bytes = 512 << 20 },
    ];

    private static FuzzTarget Models(string name, params FuzzInput[] seeds) =>
        new(name, seeds, input => Use(SentenceTransformer.Load(input.Folder)), OfModels) { BytesPerByte = 512 };

    private static void Use(SentenceTransformer model)
    {
        string[] texts = ["the sun in new york", ""];
        foreach (var route in model.Modules[0] is RouterModule router ? router.Routes.Select(route => (string?)route.Key) : [(string?)null])
        {
            var options = new EncodeOptions { Route = route };
            if (model.MakesSentenceEmbeddings)
            {
                model.Encode(texts, options);
            }
            else
            {
                model.EncodeTokens(texts, options);
            }
        }
    }

    private static FuzzInput Model(params Module[] modules) => Saved(folder => new SentenceTransformer(modules).Save(folder));

    private static FuzzInput Model2Vec()
    {
        var model = Model(Static());
        using var table = Random(Tokenizer().VocabularySize, Width);
        return Saved(folder =>
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type": "model2vec", "normalize": true, "hidden_dim": 4, "seq_length": 100}""");
            File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), model[model.Files.Keys.Single(name => name.EndsWith("tokenizer.json", StringComparison.Ordinal))]);
            var writer = new SafetensorsWriter();
            writer.Add("embeddings", table);
            writer.Save(Path.Combine(folder, "model.safetensors"));
        });
    }

    private static FuzzInput MultiVector()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        return Saved(folder => MultiVectorEncoder.Of(model).Save(folder));
    }

    private static StaticEmbeddingModule Static() => new(Tokenizer(), Random(Tokenizer().VocabularySize, Width));

    private static Tokenizer Tokenizer()
    {
        var seed = TokenizerSeeds.Json.First();
        var tokenizer = Tokenizers.Tokenizer.Load(seed.Folder);
        seed.Delete();
        return tokenizer;
    }

    private static Tensor Random(int rows, int columns)
    {
        var random = new Random(1);
        return Tensor.From([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() + 0.1f)], rows, columns);
    }

    private static FuzzInput Saved(Action<string> save)
    {
        var folder = Directory.CreateTempSubdirectory("semblance-fuzzing-");
        try
        {
            save(folder.FullName);
            return FuzzInput.Read(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<FuzzInput> Data()
    {
        const string Tsv = "a\tb\tscore\nx y\tz\t1\n\"q\"\tr\t0.5\nu\tv\t3\n";
        const string Csv = "a,b,score\n\"x, y\",z,1\n\"say \"\"q\"\"\",\"r\ns\",0.5\nu,v,3\n";
        const string Json = "{\"a\": \"x\", \"b\": \"z\", \"score\": 1}\n{\"a\": \"é\\n\", \"b\": \"\\ud83d\\ude00\", \"score\": 0.5, \"more\": [1, {\"x\": null}]}\n";
        yield return FuzzInput.Of("d.tsv", Tsv);
        yield return FuzzInput.Of("d.csv", Csv);
        yield return FuzzInput.Of("d.jsonl", Json);
        foreach (var (name, text) in (IEnumerable<(string, string)>)[("d.csv.gz", Csv), ("d.jsonl.gz", Json)])
        {
            using var memory = new MemoryStream();
            using (var zip = new GZipStream(memory, CompressionLevel.Fastest))
            {
                zip.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }

            yield return new FuzzInput(new Dictionary<string, byte[]> { [name] = memory.ToArray() });
        }
    }

    private static void ReadData(FuzzInput input)
    {
        var path = Path.Combine(input.Folder, input.Files.Keys.Single());
        DatasetReader.ColumnNames(path);
        foreach (var example in new DatasetReader(path, new ColumnMapping("a", "b") { Score = "score" }))
        {
            if (!double.IsFinite(example.Score ?? 0))
            {
                throw new InvalidOperationException($"a score of {example.Score}");
            }
        }
    }

    private static FuzzInput Training()
    {
        var seed = new FuzzInput(new Dictionary<string, byte[]>
        {
            ["d.tsv"] = System.Text.Encoding.ASCII.GetBytes("a\tb\tscore\nx\ty\t1\nc\td\t0\ne f\tg\t0.5\n"),
            ["r.yaml"] = System.Text.Encoding.UTF8.GetBytes($$"""
                model: {{Fixtures.Own("st/mean-normalize")}}
                output: o
                seed: 1
                steps: 1
                rate: 1e-4
                datasets:
                  - {name: d, files: d.tsv, texts: [a, b], score: score, loss: CosineSimilarityLoss, batch-size: 2}
                """),
        });
        return Saved(folder =>
        {
            seed.WriteTo(folder);
            Command(folder, "train", "r.yaml", "--data", folder, "--output", Path.Combine(folder, "o"));
        });
    }

    private static void Resume(FuzzInput input) => Command(input.Folder, "train", "r.yaml", "--data", input.Folder, "--output", Path.Combine(input.Folder, "o"), "--resume");

    private static void Command(string folder, params string[] arguments)
    {
        var error = new StringWriter();
        string[] inside = [.. arguments.Select(argument => File.Exists(Path.Combine(folder, argument)) ? Path.Combine(folder, argument) : argument)];
        var code = CommandLine.RunAsync(inside, new Host(Stream.Null, Stream.Null, error)).GetAwaiter().GetResult();
        if (code is not (CommandLine.Done or CommandLine.Failed) || error.ToString().Contains("Please report this", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {code}: {error}");
        }
    }
}
