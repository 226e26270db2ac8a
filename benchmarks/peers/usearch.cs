#:package Cloud.Unum.USearch@2.26.6
#:property PublishAot=false
#:property AllowUnsafeBlocks=true
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false

// USearch's part of index.py: usearch.cs VECTORS.npy TRUTH.npy COUNT. Its C# class has neither the number of threads nor ef, so that the
// functions of its library are called.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

const int Dimension = 384, Queries = 1000, TopK = 10, Float32 = 1, BFloat16 = 6;
var count = int.Parse(args[2]);
var vectors = Read(args[0]);
var truth = Read(args[1]);
if (vectors.Length != (count + (long)Queries) * Dimension || truth.Length != Queries)
{
    throw new ArgumentException($"{vectors.Length} and {truth.Length} numbers are not {count} vectors, {Queries} queries and their tenth cosines.");
}

foreach (var (name, precision) in new[] { ("Float32", Float32), ("BFloat16", BFloat16) })
{
    var options = new Native.Options { Metric = 1, Quantization = precision, Dimensions = Dimension, Connectivity = 16, ExpansionAdd = 200, ExpansionSearch = 10 };
    var index = Native.usearch_init(ref options, out var error);
    Check(error);
    Native.usearch_reserve(index, (nuint)count, out error);
    Check(error);
    var watch = Stopwatch.StartNew();
    Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, row =>
    {
        Native.usearch_add(index, (ulong)row, ref vectors[row * (long)Dimension], Float32, out var failed);
        Check(failed);
    });
    using var process = Process.GetCurrentProcess();
    Console.WriteLine(
        $"USearch {name}, {Marshal.PtrToStringUTF8(Native.usearch_hardware_acceleration(index, out _))}: built in {watch.Elapsed.TotalSeconds:F1} s, " +
        $"{count / watch.Elapsed.TotalSeconds:N0} vectors/s; peak of the process so far {process.PeakWorkingSet64 / 1e6:N0} MB");
    Console.WriteLine($"{"ef",8}{"recall@10",12}{"first half",12}{"second",12}{"queries/s",12}");
    foreach (var ef in new[] { 10, 20, 40, 80, 160, 320, 640 })
    {
        Native.usearch_change_expansion_search(index, (nuint)ef, out error);
        Check(error);
        var (times, right) = (new List<double>(), new double[Queries]);
        ulong[] keys = new ulong[TopK];
        float[] distances = new float[TopK];
        for (var round = 0; round < 4; round++)
        {
            var taken = 0.0;
            for (var query = 0; query < Queries; query++)
            {
                watch.Restart();
                var found = (int)Native.usearch_search(index, ref vectors[(count + (long)query) * Dimension], Float32, TopK, ref keys[0], ref distances[0], out error);
                taken += watch.Elapsed.TotalSeconds;
                Check(error);
                right[query] = keys.Take(found).Count(key => Cosine((long)key, query) >= truth[query] - 1e-6) / (double)TopK;
            }

            times.Add(taken);
        }

        var median = times.Skip(1).Order().ElementAt(1);
        Console.WriteLine($"{ef,8}{right.Average(),12:F4}{right[..(Queries / 2)].Average(),12:F4}{right[(Queries / 2)..].Average(),12:F4}{Queries / median,12:N0}");
    }

    Native.usearch_free(index, out error);
}

// By the vectors themselves, as those in the index may be rounded.
double Cosine(long row, int query)
{
    double product = 0, a = 0, b = 0;
    for (var i = 0; i < Dimension; i++)
    {
        double x = vectors[(row * Dimension) + i], y = vectors[((count + (long)query) * Dimension) + i];
        (product, a, b) = (product + (x * y), a + (x * x), b + (y * y));
    }

    return product / Math.Sqrt(a * b);
}

static void Check(nint error)
{
    if (error != 0)
    {
        throw new InvalidOperationException(Marshal.PtrToStringUTF8(error));
    }
}

// A .npy file of float32.
static float[] Read(string path)
{
    using var file = File.OpenRead(path);
    var head = new byte[10];
    file.ReadExactly(head);
    var header = new byte[BitConverter.ToUInt16(head, 8)];
    file.ReadExactly(header);
    if (head[6] != 1 || !Encoding.ASCII.GetString(header).Contains("'<f4'"))
    {
        throw new FormatException($"{path} is not a .npy file of float32.");
    }

    var values = new float[(file.Length - file.Position) / sizeof(float)];
    for (var done = 0L; done < values.Length;)
    {
        var part = (int)Math.Min(values.Length - done, 1 << 24);
        file.ReadExactly(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref values[done], part)));
        done += part;
    }

    return values;
}

internal static partial class Native
{
    private const string Library = "libusearch_c";

    [LibraryImport(Library)]
    public static partial nint usearch_init(ref Options options, out nint error);

    [LibraryImport(Library)]
    public static partial void usearch_free(nint index, out nint error);

    [LibraryImport(Library)]
    public static partial void usearch_reserve(nint index, nuint capacity, out nint error);

    [LibraryImport(Library)]
    public static partial void usearch_change_expansion_search(nint index, nuint expansion, out nint error);

    [LibraryImport(Library)]
    public static partial nint usearch_hardware_acceleration(nint index, out nint error);

    [LibraryImport(Library)]
    public static partial void usearch_add(nint index, ulong key, ref float vector, int kind, out nint error);

    [LibraryImport(Library)]
    public static partial nuint usearch_search(nint index, ref float query, int kind, nuint count, ref ulong keys, ref float distances, out nint error);

    [StructLayout(LayoutKind.Sequential)]
    public struct Options
    {
        public int Metric;
        public nint Function;
        public int Quantization;
        public nuint Dimensions;
        public nuint Connectivity;
        public nuint ExpansionAdd;
        public nuint ExpansionSearch;
        public byte Multi;
    }
}
