namespace Semblance.Checkpoints;

/// <summary>Represents a name of Python that a pickle can use: only names that occur in a dictionary of tensors are allowed.</summary>
internal sealed record PickleGlobal(string Name)
{
    private static readonly Dictionary<string, DType> Storages = new()
    {
        ["torch.FloatStorage"] = DType.F32,
        ["torch.HalfStorage"] = DType.F16,
        ["torch.BFloat16Storage"] = DType.BF16,
        ["torch.DoubleStorage"] = DType.F64,
        ["torch.LongStorage"] = DType.I64,
        ["torch.IntStorage"] = DType.I32,
        ["torch.ShortStorage"] = DType.I16,
        ["torch.CharStorage"] = DType.I8,
        ["torch.ByteStorage"] = DType.U8,
        ["torch.BoolStorage"] = DType.Bool,
    };

    private static readonly HashSet<string> Others =
    [
        "collections.OrderedDict",
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
        "torch.Size", "torch.device",
        "torch.float16", "torch.bfloat16", "torch.float32", "torch.float64",
        "torch.uint8", "torch.int8", "torch.int16", "torch.int32", "torch.int64", "torch.bool",
    ];

    /// <summary>Gets the type of the elements if this is the class of a storage; otherwise, <see langword="null"/>.</summary>
    public DType? Storage => Storages.TryGetValue(Name, out var type) ? type : null;

    /// <summary>Returns whether a name is allowed.</summary>
    public static bool IsAllowed(string name) => Storages.ContainsKey(name) || Others.Contains(name);
}
