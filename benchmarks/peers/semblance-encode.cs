#:project ../../src/Semblance/Semblance.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Semblance's part of compare.py: sentences to vectors, tokenization included.
using System.Diagnostics;
using System.Runtime.InteropServices;
using Semblance;
using Semblance.Tensors;

var (folder, options) = (args[0], new EncodeOptions { MaxThreads = int.Parse(args[1]) });
var sentences = File.ReadAllLines(Path.Combine(folder, "sentences.txt"));
var model = SentenceTransformer.Load(Path.Combine(folder, "model"));

var (vectors, first) = Run();
File.WriteAllBytes(Path.Combine(folder, "semblance.f32"), MemoryMarshal.AsBytes(vectors.Values));
Console.WriteLine(first);
while (Console.ReadLine() is not null)
{
    Console.WriteLine(Run().Seconds);
}

(Tensor Vectors, double Seconds) Run()
{
    var watch = Stopwatch.StartNew();
    var vectors = model.Encode(sentences, options).Vectors;
    return (vectors, watch.Elapsed.TotalSeconds);
}
