#:project ../../src/Semblance/Semblance.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Semblance's part of compare-search.py: the ten nearest of each query, by dot product, straight from the mapped file.
using System.Diagnostics;
using Semblance;
using Semblance.Tensors;

var (folder, threads, precision) = (args[0], int.Parse(args[1]), Enum.Parse<Precision>(args[2]));
var queries = VectorMatrix.Open(Path.Combine(folder, "queries.npy"));
var corpus = VectorMatrix.Open(Path.Combine(folder, "vectors.npy"));
var vectors = Read(corpus, corpus.Rows);
if (precision != Precision.Float32)
{
    corpus = VectorMatrix.Quantize(vectors, new Quantizer(precision, corpus.Dimension, QuantizationRanges.Of(vectors)));
}

var options = new SearchOptions { Similarity = SimilarityFunction.DotProduct, MaxThreads = threads };
for (string? line; (line = Console.ReadLine()) is not null;)
{
    // "count repeats": seconds of one search, and the first row found for each query.
    var numbers = line.Split(' ');
    var (batch, repeats) = (Read(queries, int.Parse(numbers[0])), int.Parse(numbers[1]));
    SearchHit[][] hits = [];
    var watch = Stopwatch.StartNew();
    for (var repeat = 0; repeat < repeats; repeat++)
    {
        hits = SemanticSearch.Search(batch, corpus, options);
    }

    Console.WriteLine($"{watch.Elapsed.TotalSeconds / repeats:R} {string.Join(',', hits.Select(list => list[0].Index))}");
}

static Tensor Read(VectorMatrix matrix, int count)
{
    var tensor = Tensor.Zeros(count, matrix.Dimension);
    for (var row = 0; row < count; row++)
    {
        matrix.Restore(row, tensor.Writable.Slice(row * matrix.Dimension, matrix.Dimension));
    }

    return tensor;
}
