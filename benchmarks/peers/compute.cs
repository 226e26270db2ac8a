#:package Microsoft.ML.OnnxRuntime@1.31.1
#:project ../../src/Semblance.Training/Semblance.Training.csproj
#:property PublishAot=false
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false

// Sentences to vectors in float32, bfloat16 and int8, in turns with ONNX Runtime in float32 and int8, and the quality of each:
// compute.cs MODEL_FOLDER MODEL.onnx INT8.onnx SHARED THREADS ROUNDS COUNT...
using System.Diagnostics;
using System.IO.Compression;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Semblance;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Training;
using Tensor = Semblance.Tensors.Tensor;

var (folder, shared, threads, rounds) = (args[0], args[3], int.Parse(args[4]), int.Parse(args[5]));
var tokenizer = Tokenizer.Load(folder);
var options = new EncodeOptions { MaxThreads = threads };
var encoders = new List<(string Name, Func<string[], Func<Tensor>> Prepare)>();
foreach (var type in Enum.GetValues<ComputeType>())
{
    var model = SentenceTransformer.Load(folder, type);
    encoders.Add(($"Semblance {type}", texts => () => model.Encode(texts, options).Vectors));
}

foreach (var (name, path) in new[] { ("ONNX Runtime Float32", args[1]), ("ONNX Runtime Int8", args[2]) })
{
    var session = new InferenceSession(path, new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 });
    encoders.Add((name, texts =>
    {
        var batches = Batches(texts);
        return () => Encode(session, batches, texts.Length);
    }
    ));
}

// Quality.
var pairs = Lines(Path.Combine(shared, "data", "sts", "stsb", "dev.tsv.gz")).Skip(1).Select(line => line.Split('\t')).ToArray();
var gold = pairs.Select(pair => double.Parse(pair[3], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
string[] first = [.. pairs.Select(pair => pair[4])], second = [.. pairs.Select(pair => pair[5])];
var exact = encoders[0].Prepare(first)();
Console.WriteLine($"{"STS benchmark, development part",-34}{"Spearman x 100",16}{"mean cosine with float32",26}");
foreach (var (name, prepare) in encoders)
{
    var vectors = prepare(first)();
    var scores = Array.ConvertAll(Similarity.Pairwise(vectors, prepare(second)()), score => (double)score);
    Console.WriteLine($"{name,-34}{100 * Correlation.Spearman(scores, gold),16:F2}{Similarity.Pairwise(vectors, exact).Average(),26:F5}");
}

// Speed.
var sentences = Lines(Path.Combine(shared, "data", "speed", "sentences-10k.txt.gz")).ToArray();
foreach (var count in args[6..].Select(int.Parse))
{
    var runs = encoders.ConvertAll(encoder => (encoder.Name, Run: encoder.Prepare(sentences[..count]), Seconds: new List<double>(), Processor: new List<double>()));
    for (var round = 0; round <= rounds; round++)
    {
        foreach (var (_, run, seconds, processor) in runs)
        {
            var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            run();
            if (round > 0) // the first round warms up
            {
                seconds.Add(watch.Elapsed.TotalSeconds);
                processor.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
            }
        }
    }

    Console.WriteLine();
    Console.WriteLine($"{$"{count:N0} sentences, {threads} threads",-34}{"sentences/s",13}{"processor s",13}{"of float32",12}{"of ONNX Runtime",17}");
    foreach (var run in runs)
    {
        var peer = runs[run.Name.EndsWith("Int8", StringComparison.Ordinal) ? ^1 : ^2];
        Console.WriteLine(
            $"{run.Name,-34}{count / Median(run.Seconds),13:F0}{Median(run.Processor),13:F2}{Ratio(runs[0].Seconds, run.Seconds),12:F2}{Ratio(peer.Seconds, run.Seconds),17:F2}");
    }
}

// The median of the ratios of the rounds; above 1, the second is faster.
static double Ratio(List<double> a, List<double> b) => Median([.. a.Zip(b, (x, y) => x / y)]);

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static IEnumerable<string> Lines(string path)
{
    using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
    while (reader.ReadLine() is { } line)
    {
        yield return line;
    }
}

// Batches of 32 sorted by length, tokenized beforehand: the time of ONNX Runtime is that of its graph and of pooling.
List<(int[] Rows, int[][] Ids)> Batches(string[] texts)
{
    var ids = Array.ConvertAll(texts, text => tokenizer.Encode(text).Ids.ToArray());
    return [.. Enumerable.Range(0, texts.Length).OrderByDescending(row => ids[row].Length).Chunk(32).Select(rows => (rows, rows.Select(row => ids[row]).ToArray()))];
}

static Tensor Encode(InferenceSession session, List<(int[] Rows, int[][] Ids)> batches, int count)
{
    var vectors = Tensor.Zeros(count, 384);
    using var options = new RunOptions();
    foreach (var (rows, texts) in batches)
    {
        var length = texts.Max(text => text.Length);
        var (ids, mask) = (new long[rows.Length * length], new long[rows.Length * length]);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < texts[i].Length; j++)
            {
                (ids[(i * length) + j], mask[(i * length) + j]) = (texts[i][j], 1);
            }
        }

        long[] shape = [rows.Length, length];
        using var tokens = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var attention = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = tokens, ["attention_mask"] = attention, ["token_type_ids"] = types };
        using var outputs = session.Run(options, inputs, [session.OutputNames[0]]);
        var hidden = outputs[0].GetTensorDataAsSpan<float>();
        for (var i = 0; i < rows.Length; i++)
        {
            var sum = vectors.Writable.Slice(rows[i] * 384, 384);
            for (var j = 0; j < texts[i].Length; j++)
            {
                TensorPrimitives.Add(sum, hidden.Slice(((i * length) + j) * 384, 384), sum);
            }

            TensorPrimitives.Divide(sum, TensorPrimitives.Norm<float>(sum), sum);
        }
    }

    return vectors;
}
